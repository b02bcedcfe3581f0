"""What the type checker reads: its process ends too abruptly to remove a folder of its own."""

import os

os.environ.setdefault("SECRET_KEY", "of no server")  # so none is written to the data folder

from plandex_server.settings.base import *  # noqa: F403
