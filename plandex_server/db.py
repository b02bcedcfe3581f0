"""What the models of all apps share."""

import uuid
from datetime import UTC, datetime

from django.db import models


def new_id() -> str:
    """A fresh UUID as text: the form in which ids travel everywhere."""
    return str(uuid.uuid4())


def now() -> datetime:
    return datetime.now(UTC)


class IdModel(models.Model):
    """A row named by a UUID that the server chose."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)

    class Meta:
        abstract = True
