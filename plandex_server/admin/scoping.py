"""Whose rows a member of staff sees and changes: the one place that decides.

A superuser sees all. Any other member of staff sees the rows of the orgs that the person manages,
as an owner or admin of the org; Django's own groups and permissions are not used.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.module_loading import import_string

M = TypeVar("M", bound=Model)
_ORGS = "_managed_orgs"


def is_superuser(request: HttpRequest) -> bool:
    user = request.user
    return bool(user.is_active and user.is_staff and user.is_superuser)


def managed_orgs(request: HttpRequest) -> Mapping[str, str]:
    """The ids of the orgs that the person manages, each with the person's role there; asked once
    per request."""
    found = getattr(request, _ORGS, None)
    if found is None:
        find = import_string(settings.STAFF_ORGS)
        found = cast(Callable[..., Mapping[str, str]], find)(request.user)
        setattr(request, _ORGS, found)
    return cast(Mapping[str, str], found)


def is_manager(request: HttpRequest) -> bool:
    """Whether the person sees anything at all."""
    user = request.user
    if not (user.is_active and user.is_staff):
        return False
    return is_superuser(request) or bool(managed_orgs(request))


def scoped(request: HttpRequest, rows: QuerySet[M], org_path: str) -> QuerySet[M]:
    """Those of the rows that the person may see. `org_path` leads from a row to its org's id and
    names one org only; without it they are the superusers'."""
    if is_superuser(request):
        return rows
    if not org_path or not is_manager(request):
        return rows.none()
    return rows.filter(**{f"{org_path}__in": list(managed_orgs(request))})
