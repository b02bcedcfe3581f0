"""Places of change, one by one, held against the changes that are declared."""

import pytest

from execution.logic.edits import place_edit
from execution.logic.edits.alignment.hunks import Hunk, group_hunks
from execution.logic.edits.readings.agreement import SILENT, Agreement, agreement
from execution.logic.edits.text.description import parse_description
from tests.execution.logic.edits.handmade import REF, problem_of, steps_of

FLAT = "alpha one\nbeta two\ngamma three\ndelta four\nomega five\n"
GAP = FLAT.replace("gamma three", "")


def _agreed(original: str, snippet: str, words: str, said: str) -> Agreement:
    problem = problem_of(original, snippet, said, "a.txt")
    steps = steps_of(words)
    return agreement(problem, steps, group_hunks(problem, steps), parse_description(said))


REPLACED = (FLAT, "alpha one\nnew\ngamma three\n" + REF, "M1:0 S-1:1 I2:2 M3:2 K4:3 K4:4")
CHANGED = (FLAT, "alpha one\nbeta 2\ngamma three\n" + REF, "M1:0 C2:1 M3:2 K4:3 K4:4")
REMOVED = (FLAT, "alpha one\ngamma three\n" + REF, "M1:0 S-1:1 M2:2 K3:3 K3:4")
MARKED = (
    FLAT,
    "alpha one\n// Plandex: removed code\ngamma three\n" + REF,
    "M1:0 R2:1 M3:2 K4:3 K4:4",
)
ADDED = (FLAT, "alpha one\nnew\nbeta two\n" + REF, "M1:0 I2:1 M3:1 K4:2 K4:3 K4:4")
GAP_FOR_IT = (FLAT, "alpha one\n\ngamma three\n" + REF, "M1:0 S-1:1 I2:2 M3:2 K4:3 K4:4")
LOST_BY_ADDING = (FLAT, "alpha one\nnew\ngamma three\n" + REF, "M1:0 I2:1 S-1:1 M3:2 K4:3 K4:4")


@pytest.mark.parametrize(
    ("case", "kind", "fits"),
    [
        (REPLACED, "replace", True),
        (REPLACED, "remove", False),
        (REPLACED, "add", True),  # where all is added no line goes, so it is kept
        (CHANGED, "replace", True),
        (CHANGED, "add", False),
        (CHANGED, "append", False),
        (CHANGED, "prepend", False),
        (CHANGED, "remove", False),
        (REMOVED, "remove", True),
        (REMOVED, "replace", True),
        (MARKED, "remove", True),
        (MARKED, "replace", True),
        (MARKED, "add", False),
        (ADDED, "add", True),
        (ADDED, "append", True),
        (ADDED, "replace", False),
        (ADDED, "remove", False),
        (GAP_FOR_IT, "remove", True),
    ],
)
def test_a_place_fits_the_kind_of_its_change(
    case: tuple[str, str, str], kind: str, fits: bool
) -> None:
    agreed = _agreed(*case, f"Type: {kind}")
    assert agreed.paired is fits
    assert not agreed.mismatch  # with one change it may be the kind that is wrong


def test_a_file_written_anew_has_no_places() -> None:
    assert _agreed(*REPLACED, "Type: overwrite") == SILENT
    assert _agreed(*REPLACED, "Type: new file") == SILENT
    assert _agreed(*REPLACED, "A new line.") == SILENT
    assert _agreed(FLAT, FLAT, "M1:0 M2:1 M3:2 M4:3 M5:4", "Type: replace") == SILENT


BELOW = (FLAT, f"{REF}beta two\nnew\ndelta four\n{REF}", "K0:0 M1:1 S-1:2 I2:3 M3:3 K4:4")
TWO = (GAP, "alpha one\nbeta 2\n\nnew\ndelta four\n" + REF, "M1:0 C2:1 M3:2 I4:3 M5:3 K6:4")
TWO_REMOVED = (
    GAP,
    "alpha one\n\n// Plandex: removed code\nomega five\n",
    "M1:0 S-1:1 M2:2 R3:3 M4:4",
)


@pytest.mark.parametrize(
    ("case", "kinds", "paired", "mismatch"),
    [
        (TWO, "replace add", True, False),
        (TWO, "add replace", False, True),
        (TWO, "replace", True, False),
        (TWO, "replace add add", False, False),
        (TWO_REMOVED, "remove remove", True, False),
        (TWO_REMOVED, "remove add", False, True),
    ],
)
def test_a_gap_that_stays_parts_two_changes(
    case: tuple[str, str, str], kinds: str, paired: bool, mismatch: bool
) -> None:
    said = "".join(f"Type: {kind}\n" for kind in kinds.split())
    agreed = _agreed(*case, said)
    assert (agreed.paired, agreed.mismatch) == (paired, mismatch)


def test_a_gap_that_goes_is_no_change() -> None:
    original = "alpha one\nbeta two\n\n\ndelta four\n"
    snippet = "alpha one\nbeta 2\n\ndelta four\n"
    words = "M1:0 C2:1 M3:2 S-1:3 M4:4"
    assert not _agreed(original, snippet, words, "Type: replace\nType: remove").paired
    assert _agreed(original, snippet, words, "Type: replace").paired


@pytest.mark.parametrize(
    ("case", "says", "exact"),
    [
        (REPLACED, "Replace: line 2", {0}),
        (REPLACED, "Replace: lines 1-3", {0}),  # lines that are shown may be declared too
        (REPLACED, "Replace: lines 2-4", set()),  # the reference keeps one of them
        (REPLACED, "Replace: line 1", set()),
        (REPLACED, "Replace: line 3", set()),
        (REPLACED, "", set()),
        (MARKED, "Replace: line 2", {0}),
        (CHANGED, "Replace: line 2", {0}),
        (ADDED, "Replace: line 2", set()),  # nothing goes
        (LOST_BY_ADDING, "Replace: line 2", {0}),
        (TWO, "Replace: line 2", {0}),
        (BELOW, "Replace: lines 2-3", {0}),
        (BELOW, "Replace: lines 1-3", set()),  # the reference keeps the first
    ],
)
def test_just_the_declared_lines_go(case: tuple[str, str, str], says: str, exact: set[int]) -> None:
    assert _agreed(*case, f"Type: replace\n{says}").exact == exact


def test_a_gap_that_a_reference_keeps_may_be_declared() -> None:
    original = "alpha one\nbeta two\n\nomega five\n"
    case = original, "alpha one\nnew\n" + REF, "M1:0 S-1:1 I2:2 K3:2 K3:3"
    assert _agreed(*case, "Type: replace\nReplace: lines 2-3").exact == {0}
    assert _agreed(*case, "Type: replace\nReplace: lines 2-4").exact == set()


BOTH = "Context: between `alpha one` and `gamma three`"


@pytest.mark.parametrize(
    ("case", "said", "held"),
    [
        (REPLACED, f"Type: replace\n{BOTH}", {0}),
        (REPLACED, "Type: replace\nContext: after `alpha one`", set()),
        (REPLACED, "Type: replace\nContext: before `gamma three`", set()),
        (REPLACED, "Type: replace", set()),
        (REPLACED, f"Type: replace\nReplace: line 2\n{BOTH}", {0}),
        (REPLACED, f"Type: replace\nReplace: line 3\n{BOTH}", set()),
        (REPLACED, f"Type: remove\n{BOTH}", set()),
        (ADDED, "Type: add\nContext: between `alpha one` and `beta two`", {0}),
        (TWO, "Type: replace\nContext: between `alpha one` and `delta four`", {0}),
        (
            TWO,
            "Type: replace\nContext: between `alpha one` and `delta four`\nType: add\n"
            "Context: between `alpha one` and `delta four`",
            set(),  # neither is said to be all there is between them
        ),
    ],
)
def test_both_neighbours_of_a_place_are_quoted(
    case: tuple[str, str, str], said: str, held: set[int]
) -> None:
    agreed = _agreed(*case, said)
    assert agreed.held == held
    assert agreed.confirms(0) is bool(agreed.held | agreed.exact)


@pytest.mark.parametrize(
    ("snippet", "words", "kind", "held"),
    [
        ("new\nbeta two\n" + REF, "S-1:0 I1:1 M2:1 K3:2 K3:3 K3:4", "replace", False),
        (REF + "new\nbeta two\n" + REF, "S-1:0 I1:1 M2:1 K3:2 K3:3 K3:4", "replace", True),
        ("new\nalpha one\n" + REF, "I1:0 M2:0 K3:1 K3:2 K3:3 K3:4", "add", True),
        (REF + "beta two\nnew\n", "K0:0 M1:1 I2:2 S-1:2 S-1:3 S-1:4", "replace", False),
        (REF + "beta two\nnew\n" + REF, "K0:0 M1:1 I2:2 S-1:2 S-1:3 S-1:4", "replace", True),
    ],
    ids=["no reference above", "one above", "nothing goes", "no reference below", "one below"],
)
def test_an_end_of_the_file_holds_a_place_where_a_reference_says_so(
    snippet: str, words: str, kind: str, held: bool
) -> None:
    said = f"Type: {kind}\nContext: beside `alpha one` and `beta two`"
    assert bool(_agreed(FLAT, snippet, words, said).held) is held


def test_a_short_line_that_the_file_has_twice_holds_nothing() -> None:
    original = "{\nbeta two\n{\ndelta four\n"
    case = original, "{\nnew\n{\n" + REF, "M1:0 S-1:1 I2:2 M3:2 K4:3"
    assert not _agreed(*case, "Type: replace\nContext: between `{` and `{`").held
    case = original.replace("{", "begin it"), case[1].replace("{", "begin it"), case[2]
    assert _agreed(*case, "Type: replace\nContext: between `begin it` and `begin it`").held


@pytest.mark.parametrize(
    ("exact", "held", "all_of_them"),
    [({0, 1}, set(), True), ({0}, {1}, True), ({0}, set(), False), (set(), {1}, False)],
)
def test_each_place_is_confirmed(exact: set[int], held: set[int], all_of_them: bool) -> None:
    agreed = Agreement(exact=frozenset(exact), held=frozenset(held))
    assert agreed.confirms_all([Hunk(), Hunk()]) is all_of_them
    assert not agreed.confirms_all([])


@pytest.mark.parametrize(("says", "status"), [("line 1203", "accepted"), ("lines 1-9", "refused")])
def test_a_text_that_repeats_itself_is_read_by_its_explanation(says: str, status: str) -> None:
    """Too much to search for what the lines alone could mean."""
    blocks = ["it {", "  one()", "  two()", "}", ""] * 480
    lines = ["it {", "  one()", "  new()", "}", "", *blocks[:65]]
    wanted = [*blocks[:1202], "  new()", *blocks[1203:]]
    snippet = "\n".join([REF.strip(), *lines, REF])
    placed = place_edit(
        original="\n".join(blocks) + "\n",
        snippet=snippet,
        description=f"Type: replace\nReplace: {says}",
        path="a.js",
    )
    assert placed.status == status
    assert status == "refused" or placed.text == "\n".join(wanted) + "\n"
