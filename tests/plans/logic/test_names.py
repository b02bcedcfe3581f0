import re

import pytest

from plans.logic.names import (
    BRANCH_NAME_PATTERN,
    MAX_NAME_LENGTH,
    branch_name_problem,
    first_free_name,
    plan_name_problem,
)


@pytest.mark.parametrize(
    "name", ["main", "feature-1", "fix_2", "v1.2", "é", "a@b", "head", "x" * 255]
)
def test_usable_branch_names(name: str) -> None:
    assert branch_name_problem(name) == ""
    assert re.search(BRANCH_NAME_PATTERN, name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a/b",
        "a\\b",
        "a?b",
        "a#b",
        "a%20b",
        "a b",
        "a\tb",
        "a\nb",
        "a\x00b",
        "a\u200bb",
        "-a",
        ".a",
        "a..b",
        "HEAD",
        "branches",
        "x" * 256,
    ],
)
def test_refused_branch_names(name: str) -> None:
    assert branch_name_problem(name)
    assert len(name) > MAX_NAME_LENGTH or not re.search(BRANCH_NAME_PATTERN, name)


@pytest.mark.parametrize(
    ("name", "usable"),
    [("draft", True), ("a b/c", True), ("", False), ("  ", False), ("a\n", False)],
)
def test_plan_names(name: str, usable: bool) -> None:
    assert (plan_name_problem(name) == "") is usable


def test_plan_names_have_a_greatest_length() -> None:
    assert plan_name_problem("x" * 255) == ""
    assert plan_name_problem("x" * 256)


def test_taken_names_are_counted_up() -> None:
    assert first_free_name("foo", set()) == "foo"
    assert first_free_name("foo", {"foo"}) == "foo.2"
    assert first_free_name("foo", {"foo", "foo.2"}) == "foo.3"
    assert first_free_name("foo.2", {"foo.2"}) == "foo.2.2"


def test_counted_names_are_not_too_long() -> None:
    name = "x" * 255
    assert first_free_name(name, {name}) == "x" * 253 + ".2"
