"""Every page renders, with a number of queries that does not grow with the rows, and shows no
secret."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from execution.admin import usage_sums
from plandex_server.admin.paginator import MOST, MostRows
from tests.admin.conftest import Staff
from tests.admin.desk import Desk, add_url, list_url, page_url, pages_of
from tests.admin.rows import ROWS, SECRET, call_of

MODELS = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
OTHERS = ["admin:index", "admin:usage", "admin:two_factor", "admin:password_change"]


def queries(desk: Desk, url: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        desk.get(url)
    return len(captured)


@MODELS
def test_a_list_asks_as_much_for_one_row_as_for_many(staff: Staff, model: type[Model]) -> None:
    ROWS[model](staff.org)
    few = queries(staff.root, list_url(model))
    assert few <= 12
    for _ in range(5):
        ROWS[model](staff.org)
        ROWS[model](staff.other)
    assert queries(staff.root, list_url(model)) == few


@MODELS
def test_an_empty_list_and_a_form_render(staff: Staff, model: type[Model]) -> None:
    staff.root.get(list_url(model))
    status = 200 if pages_of(model).has_add_permission(_request(staff)) else 403
    staff.root.get(add_url(model), status=status)


@MODELS
def test_a_row_renders_without_secrets(staff: Staff, model: type[Model]) -> None:
    row = ROWS[model](staff.org)
    for url in (page_url(row), list_url(model)):
        page = staff.root.get(url).content.decode()
        assert SECRET not in page
        assert staff.root.user.password not in page


@pytest.mark.parametrize("name", OTHERS)
def test_other_pages_render(staff: Staff, name: str) -> None:
    for make in ROWS.values():
        make(staff.org)
    for desk in (staff.root, staff.admin):
        desk.get(reverse(name))


@pytest.mark.parametrize("name", ["admin:index", "admin:usage"])
def test_sums_ask_as_much_for_many_rows(staff: Staff, name: str) -> None:
    for make in ROWS.values():
        make(staff.org)
    few = queries(staff.root, reverse(name))
    for _ in range(3):
        for make in ROWS.values():
            make(staff.org)
    assert queries(staff.root, reverse(name)) == few


def test_staff_without_an_org_are_told_what_to_do(staff: Staff) -> None:
    assert "manage no org yet" in staff.member.get(reverse("admin:index")).content.decode()
    staff.member.get(reverse("admin:usage"), status=403)


def test_unknown_pages_are_pages(staff: Staff) -> None:
    response = staff.root.get("/admin/nothing/", status=404)
    assert response["Content-Type"].startswith("text/html")
    assert staff.root.client.get("/nothing").json()["code"] == 404


def test_long_lists_are_not_counted_to_their_end() -> None:
    assert str(MostRows(MOST)) == f"{MOST}+"
    assert str(MostRows(7)) == "7"


def test_the_api_has_no_sessions(staff: Staff) -> None:
    response: Any = staff.root.client.get("/health")
    assert "plandex_admin" not in response.cookies


def test_no_page_is_left_to_django(staff: Staff) -> None:
    """Groups and second factors have no pages: nothing would check what they change."""
    names = {model.__name__ for model in admin.site._registry}
    assert names.isdisjoint({"Group", "TOTPDevice"})


def _request(staff: Staff) -> Any:
    from django.test import RequestFactory

    request = RequestFactory().get("/admin/")
    request.user = staff.root.user
    return request


def test_much_usage_is_added_up_part_by_part(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page comes at once; each table asks for itself, and then for the next."""
    call_of(staff.org)
    call_of(staff.other)
    url = reverse("admin:usage")
    whole = staff.owner.get(url).content.decode()
    monkeypatch.setattr(usage_sums, "FEW", 0)
    page = staff.owner.get(url).content.decode()
    assert "data-by=" not in page
    asked = ["day", "user"]
    assert re.findall('data-later="([a-z]+)"', page) == asked
    for by in asked:
        part = staff.owner.get(url, part=by).content.decode()
        (section,) = re.findall(f'<section class="panel" data-by="{by}">.*?</section>', part, re.S)
        assert section in whole
        asked += re.findall('data-later="([a-z]+)"', part)
    assert asked == ["day", "user", "plan", "model", "role", "provider"]
    staff.owner.get(url, part="everything", status=404)
    staff.owner.get(url, part="user", org=staff.other.pk, status=404)


def test_sums_that_took_long_are_kept(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_sums, "SLOW_S", 0.0)
    monkeypatch.setattr(usage_sums, "KEPT_TIMES", 1e9)
    url = reverse("admin:usage")
    first = staff.owner.get(url).content.decode()
    assert "as of" not in first
    with CaptureQueriesContext(connection) as asked:
        again = staff.owner.get(url).content.decode()
    assert "as of" in again
    assert not [one for one in asked.captured_queries if "SUM(" in one["sql"]]
    cache.clear()
