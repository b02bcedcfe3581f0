from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """What those who run a server need: health, metrics, and commands that care for the data."""

    name = "plandex_server.operations"
    label = "operations"

    def ready(self) -> None:
        from plandex_server.operations import checks  # noqa: F401  # registers them
