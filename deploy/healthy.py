"""Asks the process of this container whether it lives: a worker on METRICS_PORT, else a web
process on PORT. For `HEALTHCHECK`; standard library only, so that it starts quickly."""

import os
import sys
import urllib.error
import urllib.request

PORT = os.environ.get("METRICS_PORT") or os.environ.get("PORT") or "8099"


def lives() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/live", timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(0 if lives() else 1)
