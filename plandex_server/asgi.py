"""The ASGI entry point."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")
django.setup(set_prefix=False)

from plandex_server.handlers import Application  # noqa: E402  # needs the set-up

application = Application()
