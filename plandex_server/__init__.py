"""The project package: settings, entry points and what every app shares."""

API_VERSION = "2.2.1"
"""The version of the API that the CLI knows this server by."""
