"""The whole truth about the configuration. The table in README.md lists every variable."""

from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from plandex_server.admin.theme import unfold_settings
from plandex_server.env import (
    env_bool,
    env_choice,
    env_decimal,
    env_int,
    env_list,
    env_secret,
    env_secrets,
    env_str,
    env_url,
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
SECRET_KEY = env_secret("SECRET_KEY")
SECRET_KEY_IS_KEPT = not SECRET_KEY
if SECRET_KEY_IS_KEPT:
    SECRET_KEY = kept_secret(DATA_DIR / "secret_key")
# The first key seals; older ones still unseal, so that keys can be rotated.
SEAL_KEYS = env_secrets("SEAL_KEYS") or [SECRET_KEY]
# Where browsers and CLIs reach the server, when that is not HOST and PORT: behind a proxy.
PUBLIC_URL = env_url("PUBLIC_URL")
# In local mode everybody is let in: no other name may lead a browser here (DNS rebinding).
_LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", _LOOPBACK_NAMES if LOCAL_MODE else ["*"])
TOKEN_DAYS = env_int("TOKEN_DAYS", 90, minimum=1)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "plandex_server.admin.apps.PlandexAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
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
    "plandex_server.operations",
]

# Pages with sessions, under ADMIN_PATH. The API has none and is not made to pay for them.
ADMIN_PATH = "/admin/"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "plandex_server.middleware.OriginMiddleware",
]
API_MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "plandex_server.middleware.OriginMiddleware",
]

ROOT_URLCONF = "plandex_server.urls"
ASGI_APPLICATION = "plandex_server.asgi.application"
APPEND_SLASH = False
# Few: busy threads and the event loop, on which streams run, share one interpreter. SQLite has one
# writer at a time; PostgreSQL is waited for a little longer.
WEB_THREADS = env_int("WEB_THREADS", 3 if DATABASE_URL else 1, minimum=1, maximum=64)
# These mostly wait, for minutes if need be.
PATIENT_THREADS = 8
# Last words of the paths whose views are coroutines.
STREAMING_WORDS = frozenset({"tell", "build", "connect", "stop", "live", "ready"})
# Methods and last words of the requests that may wait for more than the database. With a slash:
# the word before the last one, which is a name.
PATIENT_REQUESTS = frozenset(
    {
        ("POST", "file_map"),
        ("POST", "context"),
        ("PUT", "context"),
        ("POST", "auto_load_context"),
        ("PATCH", "apply"),
        ("POST", "check"),
        ("PUT", "provider_keys/"),
        ("POST", "email_verifications"),
        ("POST", "invites"),
        ("GET", "audit_log.csv"),
        ("GET", "calls.csv"),
        ("GET", "usage.csv"),
    }
)
WEBSOCKET_ROUTES = "execution.routing.websocket_urlpatterns"
AUTH_USER_MODEL = "accounts.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database() -> dict[str, object]:
    if DATABASE_URL:
        try:
            parsed = dict(dj_database_url.parse(DATABASE_URL))
        except ValueError:  # without its words: they may quote the password
            raise ImproperlyConfigured(
                "DATABASE_URL must be like postgresql://user:password@host:port/name."
            ) from None
        if parsed["ENGINE"] == "django.db.backends.postgresql":
            # Statements end before the CLI's 30 s do, so that its user sees a reason.
            timeouts = "-c statement_timeout=25000 -c lock_timeout=10000"
            parsed["OPTIONS"] = {
                "options": timeouts,
                "server_side_binding": True,
                # `plandex_server.statements` prepares what is asked often. When the driver prepares
                # as well, it drops all prepared statements with each rollback.
                "prepare_threshold": None,
            }
            parsed["CONN_MAX_AGE"] = None
            parsed["CONN_HEALTH_CHECKS"] = True
        return parsed
    return sqlite_database(DATA_DIR / "plandex.sqlite3")


def sqlite_database(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
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

# Of one user, over all processes: requests in a minute, and runs at the same time; 0: no limit.
USER_REQUESTS_PER_MINUTE = env_int("USER_REQUESTS_PER_MINUTE", 0)
USER_RUNS = env_int("USER_RUNS", 0)
# How long a run waits for another one of its user to end before it is refused.
USER_RUNS_WAIT_S = env_int("USER_RUNS_WAIT_S", 10, maximum=25)

# A request that may cost this many dollars is told to its user first; 0: never.
WARN_REQUEST_DOLLARS = env_decimal("WARN_REQUEST_DOLLARS", "1.00")

# Where local models run, for Ollama's provider.
OLLAMA_BASE_URL = env_str("OLLAMA_BASE_URL")
# Custom providers may be in the private network, where local models run, unless this forbids it.
FORBID_PRIVATE_PROVIDERS = env_bool("FORBID_PRIVATE_PROVIDERS", default=False)

# What the context app needs from execution, which is above it.
PENDING_CHANGES = "execution.services.conflicts:invalidate"
CONTEXT_NAMER = "execution.services.context_names:context_names"
CONTEXT_LOADED = "execution.services.answers:context_loaded"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False
FORMAT_MODULE_PATH = "plandex_server.admin.formats"

# The CLI may send 1000 contexts of 25 MiB in one body.
MAX_BODY_BYTES = 1_048_576_000
# One file of 25 MiB, in JSON, as the answer to a run's question.
MAX_SOCKET_MESSAGE_BYTES = 64 * 1024 * 1024
# Forms, and requests of those who have not signed in yet.
MAX_SMALL_BODY_BYTES = 1024 * 1024
SMALL_BODY_PREFIXES = (
    ADMIN_PATH,
    "/accounts",
    "/docs",
    "/health",
    "/metrics",
    "/schema",
    "/version",
)
# A prompt with the names of all the project's files.
MAX_STREAM_BODY_BYTES = 64 * 1024 * 1024
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
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Runs that one worker executes at the same time.
WORKER_RUNS = env_int("WORKER_RUNS", 300, minimum=1)

# Mail goes to the console until EMAIL_URL names a server.
EMAIL_URL = env_secret("EMAIL_URL")
globals().update(email_settings(EMAIL_URL))
# A mail that nobody waits for is sent by a thread of its own.
MAIL_LATER = True
# How many proxies in front of the server add to X-Forwarded-For.
PROXY_COUNT = env_int("PROXY_COUNT", 0, maximum=10)

# The admin. Its first user is made at the start, unless there is one of this address.
ADMIN_EMAIL = env_str("ADMIN_EMAIL")
ADMIN_PASSWORD = env_secret("ADMIN_PASSWORD")
ADMIN_REQUIRE_2FA = env_bool("ADMIN_REQUIRE_2FA", default=False)
# The admin's shared code knows no app: which orgs a member of staff manages, and the audit log.
STAFF_ORGS = "orgs.selectors.orgs_managed"
AUDIT_RECORD = "orgs.services.audit.audit_record"
UNFOLD = unfold_settings()
OTP_TOTP_ISSUER = "Plandex server"
# Guessing is limited by our own rule, over all networks and processes.
OTP_TOTP_THROTTLE_FACTOR = 0
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Cookies go to the admin only, and with an https PUBLIC_URL never over an open connection.
_TLS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_NAME = "plandex_admin"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = ADMIN_PATH
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = env_int("ADMIN_SESSION_HOURS", 12, minimum=1, maximum=24 * 30) * 3600
# Where a sign-in leads that names no place of its own, or another site's.
LOGIN_REDIRECT_URL = ADMIN_PATH
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "plandex_server.admin.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE_HSTS_SECONDS = 31_536_000 if _TLS else 0
# Whether other names of the domain are on TLS too is not this server's to say.
# And SQLite does without the columns that one index holds beside its key.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "models.W040"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PROXY_COUNT:
    # Whoever sets PROXY_COUNT says that all requests come through proxies, which set this.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = _TLS
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # The theme's Alpine compiles its attributes: eval, but no script inside a page.
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Who may read /metrics: these networks, and whoever has the token.
METRICS_NETWORKS = env_list("METRICS_NETWORKS", ["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env_secret("METRICS_TOKEN")
# A worker answers /metrics and /health/… on this port of HOST; 0: nowhere.
METRICS_PORT = env_int("METRICS_PORT", 0, maximum=65535)
# Where traces of runs go; the exporter reads its other variables, all of OpenTelemetry, itself.
TRACING_ADDRESS = env_str("OTEL_EXPORTER_OTLP_ENDPOINT")
TRACING = bool(TRACING_ADDRESS)
# After so many days `manage.py prune` deletes them; 0: never.
KEEP_EVENTS_DAYS = env_int("KEEP_EVENTS_DAYS", 30)
KEEP_ARCHIVED_PLANS_DAYS = env_int("KEEP_ARCHIVED_PLANS_DAYS", 0)
KEEP_CALLS_DAYS = env_int("KEEP_CALLS_DAYS", 0)
KEEP_AUDIT_DAYS = env_int("KEEP_AUDIT_DAYS", 0)
# Below this much free space in the data folder the server is not ready.
MIN_FREE_DISK_MB = env_int("MIN_FREE_DISK_MB", 200)

LOG_LEVEL = env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env_choice("LOG_FORMAT", "text", ("text", "json"))
LOG_REQUESTS = env_bool("LOG_REQUESTS", default=LOG_FORMAT == "json")
LOGGING = logging_settings(
    form=LOG_FORMAT,
    level=LOG_LEVEL,
    requests=LOG_REQUESTS,
    secrets=[
        SECRET_KEY,
        *SEAL_KEYS,
        ADMIN_PASSWORD,
        METRICS_TOKEN,
        DATABASE_URL,
        REDIS_URL,
        EMAIL_URL,
    ],
)
