"""Staff of an org see and touch the rows of the orgs that they manage, and no others. Every model
with pages is tested in every way that its rows can be reached."""

import json
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import ForeignKey, Model
from django.urls import reverse

from tests.admin.conftest import Staff
from tests.admin.desk import add_url, do_url, list_url, page_url, pages_of, shown
from tests.admin.rows import ROWS

MODELS = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)


def test_every_page_is_tested_here() -> None:
    assert set(admin.site._registry) == set(ROWS)


@MODELS
def test_a_list_shows_the_own_orgs_rows(staff: Staff, model: type[Model]) -> None:
    mine, foreign = ROWS[model](staff.org), ROWS[model](staff.other)
    assert {mine.pk, foreign.pk} <= shown(staff.root.get(list_url(model)))
    for desk in (staff.admin, staff.owner):
        seen = shown(desk.get(list_url(model)))
        assert mine.pk in seen
        assert foreign.pk not in seen


@MODELS
def test_a_page_is_only_for_the_own_orgs_rows(staff: Staff, model: type[Model]) -> None:
    mine, foreign = ROWS[model](staff.org), ROWS[model](staff.other)
    staff.admin.get(page_url(mine))
    staff.root.get(page_url(foreign))
    # Django leads away from what it does not find.
    assert staff.admin.get(page_url(foreign), status=302)["Location"] == reverse("admin:index")
    before = _values(foreign)
    staff.admin.client.post(page_url(foreign), {"name": "taken over", "role": "owner"})
    assert _values(foreign) == before


@MODELS
def test_who_manages_no_org_sees_nothing(staff: Staff, model: type[Model]) -> None:
    mine = ROWS[model](staff.org)
    staff.member.get(list_url(model), status=403)
    assert staff.member.client.get(page_url(mine)).status_code in (302, 403)
    assert staff.member.client.get(add_url(model)).status_code == 403


@MODELS
def test_actions_do_not_reach_other_orgs(staff: Staff, model: type[Model]) -> None:
    foreign = ROWS[model](staff.other)
    before = _values(foreign)
    for action in pages_of(model).actions or ():
        staff.admin.act([foreign], action)
        url = do_url(foreign, action)
        assert staff.admin.client.post(url).status_code == 404
    assert model._default_manager.filter(pk=foreign.pk).exists()
    assert _values(foreign) == before


@MODELS
def test_nothing_is_deleted_past_the_services(staff: Staff, model: type[Model]) -> None:
    mine = ROWS[model](staff.org)
    options = model._meta
    url = reverse(f"admin:{options.app_label}_{options.model_name}_delete", args=[mine.pk])
    for desk in (staff.root, staff.owner):
        assert desk.client.post(url, {"post": "yes"}).status_code == 403
    assert "delete_selected" not in pages_of(model).get_actions(_request(staff))
    assert model._default_manager.filter(pk=mine.pk).exists()


@MODELS
def test_searching_for_choices_finds_the_own_orgs_rows(staff: Staff, model: type[Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model if isinstance(field, ForeignKey) else None
        if target not in ROWS:
            continue
        mine, foreign = ROWS[target](staff.org), ROWS[target](staff.other)
        query = {
            "app_label": model._meta.app_label,
            "model_name": str(model._meta.model_name),
            "field_name": field.name,
        }
        response: Any = staff.admin.client.get(reverse("admin:autocomplete"), query)
        if response.status_code == 403:
            continue
        found = {row["id"] for row in json.loads(response.content)["results"]}
        assert str(foreign.pk) not in found
        assert not found or str(mine.pk) in found or len(found) == 20


@MODELS
def test_foreign_keys_of_forms_offer_the_own_orgs_rows(staff: Staff, model: type[Model]) -> None:
    pages = pages_of(model)
    request = _request(staff)
    if not pages.has_add_permission(request):
        return
    form = pages.get_form(request)()
    for name, field in form.fields.items():
        choices = getattr(field, "queryset", None)
        if choices is None or choices.model not in ROWS:
            continue
        foreign = ROWS[choices.model](staff.other)
        assert not choices.filter(pk=foreign.pk).exists(), name


@MODELS
def test_no_column_can_be_guessed_by_filters(staff: Staff, model: type[Model]) -> None:
    """Django takes any column in a list's address; the pages take only their filters."""
    ROWS[model](staff.org)
    filters = pages_of(model).list_filter
    offered = {one[0] if isinstance(one, tuple) else one for one in filters}
    for field in model._meta.concrete_fields:
        if field.name not in offered:
            response = staff.admin.client.get(list_url(model), {f"{field.name}__startswith": "a"})
            assert response.status_code == 400, field.name


def _values(row: Model) -> dict[str, Any]:
    return type(row)._default_manager.filter(pk=row.pk).values().get()


def _request(staff: Staff) -> Any:
    from django.test import RequestFactory

    request = RequestFactory().get("/admin/")
    request.user = staff.admin.user
    return request
