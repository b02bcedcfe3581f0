"""Reading `Authorization` headers: whatever comes, it is credentials or a 401."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orgs.credentials import Credentials, credentials_of
from orgs.errors import BadAuthHeader, NoAuthHeader

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=5,
)


def test_it_works() -> None:
    jwt = {"Authorization": "Bearer a.b.c"}
    assert credentials_of(jwt) == Credentials("a.b.c", None)
    assert credentials_of(jwt | {"X-Org-Id": " 1 "}) == Credentials("a.b.c", "1")
    raw = base64.urlsafe_b64encode(b'{"token":"t","orgId":"1","hash":"h"}').decode()
    assert credentials_of({"Authorization": f"Bearer {raw}"}) == Credentials("t", "1", "h")


def test_the_envelopes_org_wins_over_the_header() -> None:
    raw = base64.urlsafe_b64encode(b'{"token":"t","orgId":""}').decode()
    headers = {"Authorization": f"Bearer {raw}", "X-Org-Id": "1"}
    assert credentials_of(headers).org_id == ""


@given(some.text())
def test_any_header(text: str) -> None:
    try:
        credentials_of({"Authorization": text})
    except (NoAuthHeader, BadAuthHeader) as refused:
        assert refused.status == 401


@given(JSON | some.fixed_dictionaries({"token": JSON, "orgId": JSON, "hash": JSON}))
def test_any_envelope(value: object) -> None:
    raw = base64.b64encode(json.dumps(value).encode()).decode()
    try:
        found = credentials_of({"Authorization": f"Bearer {raw}"})
    except BadAuthHeader:
        return
    assert isinstance(value, dict)
    assert isinstance(found.token, str)


@pytest.mark.parametrize("deep", [10_000, 500_000])
def test_deep_nesting(deep: int) -> None:
    raw = base64.b64encode(b"[" * deep).decode()
    with pytest.raises(BadAuthHeader):
        credentials_of({"Authorization": f"Bearer {raw}"})
