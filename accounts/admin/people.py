"""Which people a member of staff has to do with."""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db.models import QuerySet


def people_in(org_ids: Collection[str]) -> QuerySet[Any]:
    """The ids of the orgs' members."""
    return _memberships().filter(org__in=org_ids).values("user")


def people_outside(org_ids: Collection[str]) -> QuerySet[Any]:
    """The ids of those who are members of any other org."""
    return _memberships().exclude(org__in=org_ids).values("user")


def _memberships() -> QuerySet[Any]:
    # By name: orgs stand above accounts.
    return apps.get_model("orgs", "Membership")._default_manager.all()
