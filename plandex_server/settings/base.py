"""The whole truth about the configuration. The table in README.md lists every variable."""

from pathlib import Path

import dj_database_url

from plandex_server.env import (
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_secret,
    env_str,
    kept_secret,
)
from plandex_server.mail import email_settings
from plandex_server.observe.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env_str("PLANDEX_DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()

HOST = env_str("HOST", "127.0.0.1")
PORT = env_int("PORT", 8099, minimum=1, maximum=65535)

DATABASE_URL = env_secret("DATABASE_URL")
REDIS_URL = env_secret("REDIS_URL")
CLUSTER = bool(DATABASE_URL and REDIS_URL)
LOCAL_MODE = env_bool("LOCAL_MODE", default=not DATABASE_URL)

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key")
# The first key seals; older ones still unseal, so that keys can be rotated.
SEAL_KEYS = [key for key in env_secret("SEAL_KEYS").split(",") if key] or [SECRET_KEY]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["*"])
TOKEN_DAYS = env_int("TOKEN_DAYS", 90, minimum=1)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "accounts",
    "orgs",
    "projects",
    "models_config",
    "plans",
    "context",
    "execution",
    "operations",
]

MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "plandex_server.middleware.OriginMiddleware",
]

ADMIN_PATH = "/admin/"
ROOT_URLCONF = "plandex_server.urls"
ASGI_APPLICATION = "plandex_server.asgi.application"
APPEND_SLASH = False
WEB_THREADS = env_int("WEB_THREADS", 8, minimum=1, maximum=64)
# Last words of the paths whose views are coroutines.
STREAMING_WORDS = frozenset({"tell", "build", "connect", "stop", "live", "ready"})
WEBSOCKET_ROUTES = "execution.routing.websocket_urlpatterns"
AUTH_USER_MODEL = "accounts.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
    }
]


def _database() -> dict[str, object]:
    if DATABASE_URL:
        parsed = dict(dj_database_url.parse(DATABASE_URL))
        if parsed["ENGINE"] == "django.db.backends.postgresql":
            # Statements end before the CLI's 30 s do, so that its user sees a reason.
            timeouts = "-c statement_timeout=25000 -c lock_timeout=10000"
            parsed["OPTIONS"] = {"options": timeouts}
            parsed["CONN_MAX_AGE"] = None
            parsed["CONN_HEALTH_CHECKS"] = True
        return parsed
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "plandex.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # One writer at a time, decided when a transaction begins: no upgrade can deadlock.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                "PRAGMA synchronous=NORMAL;"
                "PRAGMA cache_size=-32000;"
                "PRAGMA temp_store=MEMORY;"
            ),
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Where local models run, for Ollama's provider.
OLLAMA_BASE_URL = env_str("OLLAMA_BASE_URL")

# What the context app needs from execution, which is above it.
PENDING_CHANGES = "execution.services.conflicts:invalidate"
CONTEXT_NAMER = "execution.services.context_names:context_names"
CONTEXT_LOADED = "execution.services.answers:context_loaded"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

# The CLI may send 1000 contexts of 25 MiB in one body.
MAX_BODY_BYTES = 1_048_576_000
DATA_UPLOAD_MAX_MEMORY_SIZE = None
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_AUTOREFRESH = False
WHITENOISE_USE_FINDERS = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["orgs.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "plandex_server.api.schema.DescribedSchema",
    "EXCEPTION_HANDLER": "plandex_server.api.exceptions.drf_exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "DEFAULT_GENERATOR_CLASS": "plandex_server.api.schema.Generator",
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}

SIMPLE_JWT = {"ALGORITHM": "HS256", "SIGNING_KEY": SECRET_KEY}

# A Redis that hangs must not hold up what works without it.
REDIS_TIMEOUTS = {"socket_timeout": 2.0, "socket_connect_timeout": 1.0}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, **REDIS_TIMEOUTS}]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# A run is never redelivered: its row says who executes it, and a silent owner is replaced.
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_TIMEOUTS if REDIS_URL else {}
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Runs that one worker executes at the same time.
WORKER_RUNS = env_int("WORKER_RUNS", 300, minimum=1)

# Mail goes to the console until EMAIL_URL names a server.
EMAIL_URL = env_secret("EMAIL_URL")
globals().update(email_settings(EMAIL_URL))
# How many proxies in front of the server add to X-Forwarded-For.
PROXY_COUNT = env_int("PROXY_COUNT", 0, maximum=10)

# Who may read /metrics: these networks, and whoever has the token.
METRICS_NETWORKS = env_list("METRICS_NETWORKS", ["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env_secret("METRICS_TOKEN")
# A worker answers /metrics and /health/… on this port of HOST; 0: nowhere.
METRICS_PORT = env_int("METRICS_PORT", 0, maximum=65535)
# Below this much free space in the data folder the server is not ready.
MIN_FREE_DISK_MB = env_int("MIN_FREE_DISK_MB", 200)

LOG_LEVEL = env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env_choice("LOG_FORMAT", "text", ("text", "json"))
LOG_REQUESTS = env_bool("LOG_REQUESTS", default=LOG_FORMAT == "json")
LOGGING = logging_settings(
    form=LOG_FORMAT,
    level=LOG_LEVEL,
    requests=LOG_REQUESTS,
    secrets=[SECRET_KEY, *SEAL_KEYS, METRICS_TOKEN, DATABASE_URL, REDIS_URL, EMAIL_URL],
)
