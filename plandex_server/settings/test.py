"""What differs in the test suite."""

import atexit
import os
import tempfile

if "PLANDEX_DATA_DIR" not in os.environ:  # the processes that this one starts share it
    folder = tempfile.TemporaryDirectory(prefix="plandex-test-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    os.environ["PLANDEX_DATA_DIR"] = folder.name

from plandex_server.settings.base import *  # noqa: F403
from plandex_server.settings.base import DATA_DIR, DATABASE_URL, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_LATER = False
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
# Connections kept between requests would outlive the test that made them.
DATABASES["default"]["CONN_MAX_AGE"] = 0
if not DATABASE_URL:
    # A file, because threads with connections of their own must see one database.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
# Runs are executed by the test's own process; the tests of the cluster start what they need.
CLUSTER = False
