"""The project package: settings, entry points and what every app shares."""

API_VERSION = "2.2.1"
"""The version of the API that the CLI knows this server by."""

VERSION = "1.0.0"
"""This server's own version, as in `pyproject.toml` and CHANGELOG.md."""
