"""A browser in the admin: a signed-in member of staff."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User


class Desk:
    """Requests as the pages' forms send them."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client()
        self.client.force_login(user)

    def get(self, url: str, *, status: int = 200, **query: str) -> HttpResponse:
        response: Any = self.client.get(url, query)
        assert response.status_code == status, (url, response.status_code, response.content[:500])
        return response  # type: ignore[no-any-return]

    def post(self, url: str, form: dict[str, Any], *, status: int = 302) -> HttpResponse:
        response: Any = self.client.post(url, form)
        assert response.status_code == status, (url, response.status_code, problems(response))
        return response  # type: ignore[no-any-return]

    def act(self, rows: list[Model], action: str, **form: str) -> HttpResponse:
        """A bulk action on the list page."""
        ids = [row.pk for row in rows]
        form_data = {"action": action, "_selected_action": ids, **form}
        response: Any = self.client.post(list_url(type(rows[0])), form_data)
        assert response.status_code in (200, 302)
        return response  # type: ignore[no-any-return]


def problems(response: Any) -> list[str]:
    """What the form of the page complains of."""
    if not getattr(response, "context", None) or "errors" not in response.context:
        return [response.content.decode()[:300]]
    return [str(one) for one in response.context["errors"]]


def list_url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def add_url(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def page_url(row: Model) -> str:
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])


def do_url(row: Model, action: str) -> str:
    options = row._meta
    name = f"admin:{options.app_label}_{options.model_name}_do"
    return reverse(name, args=[row.pk, action])


def pages_of(model: type[Model]) -> Any:
    return admin.site._registry[model]


def shown(response: Any) -> set[str]:
    """The keys of the rows that a list page shows."""
    return {row.pk for row in response.context["cl"].result_list}
