"""The ASGI entry point."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")
django.setup(set_prefix=False)

from plandex_server.handlers import Application  # noqa: E402  # needs the set-up
from plandex_server.observe.tracing import tracing_start_if_wanted  # noqa: E402

tracing_start_if_wanted()
application = Application()
