"""What goes wrong in commands that care for the data."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError


class CareFailed(Exception):
    """A command that cares for the data can't go on; the text says why, and what to do."""


@contextmanager
def in_words() -> Iterator[None]:
    """Ends a command with a sentence instead of a traceback."""
    try:
        yield
    except CareFailed as failure:
        raise CommandError(str(failure)) from None
    except DatabaseError as failure:
        raise CommandError(
            f"The database can't be used ({type(failure).__name__}): manage.py doctor says why."
        ) from failure
