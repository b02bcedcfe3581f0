"""Which lines go, and where new code may stand, by the explanation alone."""

import pytest

from execution.logic.edits.alignment.costs import Fate
from execution.logic.edits.doubts.declared import fates, quoted_spans, understood
from execution.logic.edits.text.description import parse_description
from execution.logic.edits.text.structure import outline

FILE = "alpha one\nbeta two\n\ngamma three\ndelta four\n"
ENDS = "first {\n  go\n}\nsecond {\n  go\n}\nrest\n"
LIKE = "value = one\nvalue = one more\nother\nvalue = one\n"
UNLIKE = "value = one\nother\nvalue = one more\n"


def _fates(text: str, said: str, *, quotes_count: bool = True) -> list[Fate]:
    lines = outline(tuple(text.splitlines()), "a.js")
    return fates(parse_description(said), lines, quotes_count=quotes_count)


@pytest.mark.parametrize(
    ("text", "said", "goes"),
    [
        (FILE, "Type: replace\nReplace: lines 1-5", {0, 1, 3, 4}),
        (FILE, "Type: replace\nReplace: lines 4-6", {3, 4}),  # the line end counted as a line
        (FILE, "Type: replace\nReplace: lines 4-7", None),
        (FILE, "Type: replace\nContext: between `alpha one` and `gamma three`", {1}),
        (FILE, "Type: replace\nContext: between `alpha one` and `beta two`", None),
        (FILE, "Type: replace\nContext: between `beta two` and `gamma three`", None),
        (FILE, "Type: replace\nContext: between `gamma three` and `alpha one`", None),
        (FILE, "Type: replace\nContext: between `alpha one`, `beta two` and `gamma three`", None),
        (FILE, "Type: replace\nContext: after `alpha one`", None),
        (FILE, "Type: replace\nReplace: line 1\nType: remove", None),
        (LIKE, "Type: replace\nContext: between `value = one more` and `value = one`", {2}),
        (UNLIKE, "Type: replace\nContext: between `value = one` and `value = one more`", {1}),
        (ENDS, "Type: replace\nContext: between `}` and `rest`", None),
        (ENDS, "Type: replace\nContext: between `second {` and `}`", None),
        (ENDS, "Type: replace\nContext: between `second {` and `rest`", {4, 5}),
        (ENDS[:14], "Type: replace\nContext: between `first {` and `}`", {1}),
        (ENDS, "Type: replace\nContext: between `first {` and `go`", None),
        (ENDS, "Type: replace\nContext: between `go` and `rest`", {5}),
        (ENDS, "Type: replace\nContext: between `go` and `go`", None),
    ],
)
def test_which_lines_go(text: str, said: str, goes: set[int] | None) -> None:
    found = _fates(text, said)
    assert [fate.goes for fate in found] == ([] if goes is None else [goes] * 2)


def test_all_kinds_of_change_together() -> None:
    said = (
        "Type: replace\nReplace: line 2\nType: remove\nReplace: line 5\nType: add\n"
        "Context: after `alpha one`\nType: prepend\nContext: before `alpha one`\nType: append\n"
        "Context: after `delta four`\n"
    )
    strict, loose = _fates(FILE, said)
    additions = (frozenset({1}), frozenset({0}), frozenset({5}))
    assert strict == Fate(frozenset({1, 4}), frozenset({0, 1, 2, 5}), additions)
    # Of what is removed nothing comes back.
    assert loose == Fate(frozenset({1, 4}), None, replaced=(frozenset({2}),))


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("Type: replace\nReplace: line 2", {2}),
        ("Type: replace\nReplace: lines 2-3", {2, 3}),  # the gap goes, or stays below
        ("Type: replace\nReplace: line 3", {3}),
        ("Type: replace\nReplace: lines 4-6", {5}),
        ("Type: add\nContext: after `beta two`", {2, 3}),
        ("Type: add\nContext: before `gamma three`", {2, 3}),
        ("Type: add\nContext: before `alpha one`", {0}),
        ("Type: add\nContext: after `delta four`", {5}),
        ("Type: add\nContext: between `beta two` and `gamma three`", {2, 3}),
        ("Type: add\nContext: between `alpha one` and `gamma three`", None),  # not neighbours
        ("Type: add\nContext: `beta two`", None),
        ("Type: add\nContext: after `epsilon`", None),
        ("Type: add", None),
    ],
)
def test_where_new_code_stands(said: str, places: set[int] | None) -> None:
    found = _fates(FILE, said)
    assert found[0].places == places
    assert len(found) == (1 if places is None else 2)
    assert found[-1].unsaid == (places is None)


@pytest.mark.parametrize("said", ["", "Type: overwrite", "Type: new file\nType: replace"])
def test_nothing_is_said_of_lines(said: str) -> None:
    assert _fates(FILE, said) == []


def test_quotes_say_nothing_where_the_snippet_fits_several_places() -> None:
    said = "Type: add\nContext: after `beta two`"
    (only,) = _fates(FILE, said, quotes_count=False)
    assert (only.places, only.unsaid) == (None, 1)
    replaced = "Type: replace\nReplace: line 2"
    assert _fates(FILE, replaced, quotes_count=False) == _fates(FILE, replaced)


def test_spans_are_quoted_where_no_range_is_given() -> None:
    lines = outline(tuple(FILE.splitlines()), "a.js")
    quoted = "\nContext: between `alpha one` and `gamma three`"
    spans = [
        quoted_spans(parse_description(f"Type: {said}{quoted}"), lines)
        for said in ("replace", "remove", "add", "replace\nReplace: line 2")
    ]
    assert spans == [[(1, 3)], [(1, 3)], [], []]


GAPPED = "alpha one\n\n\nbeta two\n\n"


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("Type: replace\nReplace: lines 2-3", {1, 2, 3}),
        ("Type: replace\nReplace: line 2", {1, 2}),
        ("Type: replace\nReplace: line 5", {4, 5}),
        ("Type: replace\nReplace: lines 2, 5", {1, 2, 4, 5}),
        ("Type: replace\nReplace: lines 1, 5", None),
        ("Type: replace\nReplace: lines 5-6", None),  # the file has no sixth line
        ("Type: replace\nReplace: lines 3-4", None),
        ("Type: remove\nReplace: lines 2-3", None),
    ],
)
def test_what_replaces_a_gap_is_added_there(said: str, places: set[int] | None) -> None:
    lines = outline(tuple(GAPPED.splitlines()), "a.js")
    meant = understood(parse_description(said), lines)
    assert (meant.types == {"add"}) is (places is not None)
    if places is not None:
        assert fates(meant, lines, quotes_count=True)[0].places == frozenset(places)
