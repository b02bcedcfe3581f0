"""Reading the environment: each variable once, loud on nonsense."""

import os
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def env_str(name: str, default: str = "") -> str:
    """The variable's text without surrounding blanks; `default` when unset or empty."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    value = env_str(name).lower()
    if not value:
        return default
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def env_int(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    value = env_str(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < minimum or (maximum is not None and number > maximum):
        limit = f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        raise ImproperlyConfigured(f"{name} must be {limit}, not {number}.")
    return number


def env_choice(name: str, default: str, choices: Sequence[str]) -> str:
    """One of a few words, in whatever case it is written."""
    value = env_str(name, default)
    for choice in choices:
        if value.lower() == choice.lower():
            return choice
    raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")


def env_decimal(name: str, default: str) -> Decimal:
    """A number that is not negative, such as dollars."""
    value = env_str(name, default)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from None
    if not number.is_finite() or number < 0:
        raise ImproperlyConfigured(f"{name} must be 0 or more, not {value!r}.")
    return number


def env_list(name: str, default: list[str]) -> list[str]:
    value = env_str(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def env_secrets(name: str) -> list[str]:
    """Secrets with commas between them, by the variable or its file; none when neither is set."""
    value = env_secret(name)
    keys = [key.strip() for key in value.split(",")] if value else []
    if not all(keys):
        raise ImproperlyConfigured(
            f"{name} must hold secrets with one comma between two, none of them empty."
        )
    return keys


def env_url(name: str) -> str:
    """An address of a web server without path; empty when unset."""
    value = env_str(name).rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path):
        raise ImproperlyConfigured(f"{name} must be like https://plandex.example.com.")
    return value


def env_secret(name: str) -> str:
    """A secret from `NAME`, or from the file named by `NAME_FILE`; empty when neither is set."""
    value = env_str(name)
    path = env_str(f"{name}_FILE")
    if value and path:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if not path:
        return value
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE can't be read: {error.strerror}.") from None


def kept_secret(path: Path) -> str:
    """A random secret kept in `path` (mode 600), made at the first call."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _unusable(path.parent, error) from None
    try:
        return _secret_make(path)
    except OSError as error:
        raise _unusable(path.parent, error) from None


def _secret_make(path: Path) -> str:
    import secrets
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: on a full disk an empty secret must not stay behind.
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        with suppress(FileExistsError):  # another process was quicker
            os.link(file.name, path)
    return path.read_text().strip()


def _unusable(folder: Path, error: OSError) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"The data folder {folder} can't be used: {error.strerror}. Set PLANDEX_DATA_DIR."
    )
