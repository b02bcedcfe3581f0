"""Is a reading the only sensible one?"""

import pytest

from tests.execution.logic.edits.handmade import REF, doubts_of
from tests.execution.logic.edits.sample import place

FLAT = "alpha one\nbeta two\ngamma three\ndelta four\n"


@pytest.mark.parametrize(
    ("snippet", "words", "kind", "reason"),
    [
        (REF + "new\n" + REF, "K0:0 I1:1 K2:1 K2:2 K2:3", "Type: add", "no_anchor"),
        (REF + "new\ndelta four\n", "K0:0 K0:1 K0:2 I1:3 M2:3", "Type: add", None),
        ("alpha one\nnew\n" + REF, "M1:0 I2:1 K3:1 K3:2 K3:3", "Type: add", None),
        (
            "alpha one\nnew\n" + REF + "late\ndelta four\n",
            "M1:0 I2:1 K3:1 K3:2 I4:3 M5:3",
            "Type: replace",
            "nothing_replaced",
        ),
        (
            "alpha one\nnew\n" + REF,
            "M1:0 I2:1 K3:1 K3:2 K3:3",
            "Type: replace\nReplace: lines 3-3",
            "nothing_replaced",
        ),
        (
            "alpha one\n" + REF + "delta five\n",
            "M1:0 K2:1 K2:2 C3:3",
            "Type: replace",
            "similar_line",
        ),
        (
            "alpha one\n" + REF + "delta four!\n",
            "M1:0 K2:1 K2:2 C3:3",
            "Type: replace\nReplace: line 4",
            None,
        ),
        (
            "alpha one\nbeta 2\ngamma three\n" + REF,
            "M1:0 C2:1 M3:2 K4:3",
            "Type: replace\nReplace: lines 9-9",
            "range_mismatch",
        ),
        (
            "alpha one\nnew\n" + REF + "new\ndelta four\n",
            "M1:0 I2:1 K3:1 K3:2 I4:3 M5:3",
            "Type: add",
            None,
        ),
        (
            "alpha one\nnew\n" + REF + "gamma three\n",
            "M1:0 S-1:1 I2:2 M4:2 S-1:3",
            "",
            "empty_reference",
        ),
        (
            "alpha one\nif x\n" + REF,
            "M1:0 I2:1 K3:1 K3:2 K3:3",
            "Type: add",
            "open_header",
        ),
        (
            "gamma three\nnew\n",
            "K0:0 K0:1 M1:2 I2:3 K3:3",
            "Type: add",
            "no_anchor",
        ),
        (
            REF + "beta two\nnew\nbeta two\n" + REF,
            "K0:0 M1:1 I2:2 I3:2 K4:2 K4:3",
            "Type: add",
            "unused_anchor",
        ),
    ],
)
def test_doubts(snippet: str, words: str, kind: str, reason: str | None) -> None:
    found = doubts_of(FLAT, snippet, words, kind, "a.txt")
    assert found == [] if reason is None else reason in found


def test_ambiguous_blank_lines_are_a_doubt() -> None:
    words = "M1:0 I2:1 K3:1 K3:2 K3:3"
    snippet = "alpha one\nnew\n" + REF
    assert doubts_of(FLAT, snippet, words, "Type: add", "a.txt") == []
    assert doubts_of(FLAT, snippet, words, "Type: add", "a.txt", blanks=True) == [
        "ambiguous_blank_lines"
    ]


def test_lines_hidden_in_a_declared_range() -> None:
    original = "".join(f"line {n} of many\n" for n in range(1, 21))
    snippet = "line 1 of many\nline two\n" + REF
    words = "M1:0 C2:1 " + " ".join(f"K3:{n}" for n in range(2, 20))
    kind = "Type: replace\nReplace: lines {}"
    assert "range_mismatch" in doubts_of(
        original, snippet, words, kind.format("2-12"), "a.txt", "name"
    )
    assert doubts_of(original, snippet, words, kind.format("2-5"), "a.txt", "name") == [
        "range_mismatch"
    ]
    assert doubts_of(original, snippet, words, kind.format("2"), "a.txt", "name") == []


@pytest.mark.parametrize(("indent", "doubtful"), [("", False), ("    ", True)])
def test_a_changed_line_is_clear_where_its_block_ends(indent: str, doubtful: bool) -> None:
    original = f"def first():\n    one thing here\n{indent}after it\n"
    snippet = f"def first():\n    other thing there\n{indent}# ... existing code ...\n"
    found = doubts_of(original, snippet, "M1:0 C2:1 K3:2", "", "a.py")
    assert ("similar_line" in found) is doubtful


PROCEDURES = "FUNCTION one\nBEGIN\n  first\n  last\nEND\nrest\n"


@pytest.mark.parametrize(
    ("end", "open_end"),
    [("", True), ("END\n", False)],
    ids=["new code without an end", "new code with its own end"],
)
def test_new_code_does_not_end_within_a_block(end: str, open_end: bool) -> None:
    snippet = "  last\nEND\nFUNCTION two\nBEGIN\n  other\n" + end + "-- ... existing code ...\n"
    new = "I3:5 I4:5 I5:5" + (" I6:5 K7:5" if end else " K6:5")
    words = "K0:0 K0:1 K0:2 M1:3 M2:4 " + new
    found = doubts_of(PROCEDURES, snippet, words, "Type: add", "a.sql")
    assert ("block_mismatch" in found) is open_end


def test_common_lines_between_new_ones_are_no_anchors() -> None:
    original = "alpha one\nmark it\nbeta two\nmark it\n"
    snippet = "alpha one\nnew\nmark it\nnewer\nbeta two\n" + REF
    assert "weak_anchor" in doubts_of(
        original, snippet, "M1:0 I2:1 M3:1 I4:2 M5:2 K6:3", "Type: add", "a.txt"
    )
    unique = original.replace("mark it\n", "note it\n", 1)
    words = "M1:0 I2:1 M3:1 I4:2 M5:2 K6:3"
    assert doubts_of(unique, snippet.replace("mark", "note"), words, "Type: add", "a.txt") == []


def test_what_a_removal_deletes_is_held_on_both_sides() -> None:
    original = "alpha one\nbeta two\ngamma three\ndelta four\n"
    marker = "# Plandex: removed code\n"
    ref = "# ... existing code ...\n"
    firm = "alpha one\n" + marker + "gamma three\n" + ref
    assert doubts_of(original, firm, "M1:0 R2:1 M3:2 K4:3", "Type: remove", "a.py") == []
    loose = ref + marker + "gamma three\n" + ref
    assert "weak_anchor" in doubts_of(
        original, loose, "K0:0 R1:1 M2:2 K3:3", "Type: remove", "a.py"
    )
    below = "alpha one\n" + marker + ref
    assert "weak_anchor" in doubts_of(
        original, below, "M1:0 R2:1 K3:2 K3:3", "Type: remove", "a.py"
    )
    inner = "def a():\n    one\nbeta two\ngamma\n"
    deep = "def a():\n    " + ref + marker + "gamma\n"
    assert doubts_of(inner, deep, "M1:0 K2:1 R3:2 M4:3", "Type: remove", "a.py") == []


def test_a_shown_gap_must_not_vanish() -> None:
    original = "alpha one\nbeta two\ngamma three\n"
    snippet = "alpha one\n\n# Plandex: removed code\ngamma three\n"
    lost = doubts_of(original, snippet, "M1:0 D2:1 R3:1 M4:2", "Type: remove", "a.py")
    assert lost == ["ambiguous_blank_lines"]
    snippet = "alpha one\nnew\n\n# ... existing code ...\n"
    glued = doubts_of(original, snippet, "M1:0 I2:1 D3:1 K4:1 K4:2", "Type: add", "a.py")
    assert glued == ["ambiguous_blank_lines"]
    kept = doubts_of(original, snippet, "M1:0 I2:1 I3:1 K4:1 K4:2", "Type: add", "a.py")
    assert kept == []


def test_new_code_at_the_end_of_a_block_needs_no_anchor() -> None:
    original = "def a():\n    one\n    two\nafter\n"
    ref = "# ... existing code ...\n"
    snippet = "def a():\n    " + ref + "    new\n" + ref
    assert doubts_of(original, snippet, "M1:0 K2:1 K2:2 I3:3 K4:3", "Type: add", "a.py") == []
    early = doubts_of(original, snippet, "M1:0 K2:1 I3:2 K4:2 K4:3", "Type: add", "a.py")
    assert "no_anchor" in early


@pytest.mark.parametrize(
    ("how", "doubted"), [("separator", False), ("name", False), ("similar", True)]
)
def test_changed_lines_beside_a_reference(how: str, doubted: bool) -> None:
    found = doubts_of(
        FLAT, "alpha one\n" + REF + "delta 4\n", "M1:0 K2:1 K2:2 C3:3", "", "a.txt", how
    )
    assert ("similar_line" in found) is doubted


def test_some_line_of_the_file_must_anchor_the_snippet() -> None:
    words = "K0:0 K0:1 K0:2 K0:3 I1:4"
    assert "no_anchor" in doubts_of(FLAT, REF + "new\n", words, "Type: append", "a.txt")
    short = FLAT.replace("delta four", "}")
    words = "K0:0 K0:1 K0:2 M1:3 I2:4"
    assert "no_anchor" in doubts_of(short, REF + "}\nnew\n", words, "Type: append", "a.txt")
    named = FLAT.replace("delta four", "d1")
    assert doubts_of(named, REF + "d1\nnew\n", words, "Type: append", "a.txt") == []


IMPORTS = "import one\nimport two\nimport three\nstart()\n}\n"


@pytest.mark.parametrize(
    ("below", "new", "odd"),
    [
        (1, "import new", True),  # the list goes on behind the gap
        (1, "let it go", False),
        (3, "import new", False),  # the list ends
        (4, "import new", True),  # a closing line has no gap above it
    ],
)
def test_new_gaps_part_nothing_that_belongs_together(below: int, new: str, odd: bool) -> None:
    lines = IMPORTS.splitlines()
    snippet = f"{REF}{lines[below - 1]}\n{new}\n\n{REF}"
    kept = " ".join(f"K0:{line}" for line in range(below - 1))
    rest = " ".join(f"K4:{line}" for line in range(below, 5))
    words = f"{kept} M1:{below - 1} I2:{below} I3:{below} {rest}"
    found = doubts_of(IMPORTS, snippet, words, "Type: add", "a.ts")
    assert found == (["ambiguous_blank_lines"] if odd else [])


def test_a_gap_grows_only_beside_new_code() -> None:
    original = "alpha one\n\nbeta two\nalpha new\n"
    snippet = f"alpha one\n\n\n{REF}alpha newer\n"
    words = "M1:0 M2:1 I3:2 K4:2 C5:3"
    assert "ambiguous_blank_lines" in doubts_of(original, snippet, words, "Type: replace", "a.ts")


@pytest.mark.parametrize(("gap", "odd"), [("\n\n", True), ("\n\n\n", False)])
def test_a_new_gap_is_no_wider_than_those_of_the_file(gap: str, odd: bool) -> None:
    original = f"alpha one\ngamma three{gap}beta two\n"
    snippet = f"{REF}\n\ndelta new\ngamma three\n{REF}"
    rest = " ".join(f"K5:{line}" for line in range(2, len(gap) + 2))
    words = f"K0:0 I1:1 I2:1 I3:1 M4:1 {rest}"
    found = doubts_of(original, snippet, words, "Type: add", "a.ts")
    assert ("ambiguous_blank_lines" in found) is odd


def test_a_block_does_not_begin_with_a_new_gap() -> None:
    original = "alpha one {\n  beta two\n}\n"
    words = "K0:0 I1:1 I2:1 M3:1 K4:2"
    for new, odd in (("  delta", True), ("delta", False)):
        snippet = f"{REF}\n{new}\n  beta two\n{REF}"
        found = doubts_of(original, snippet, words, "Type: add", "a.js")
        assert ("ambiguous_blank_lines" in found) is odd


@pytest.mark.parametrize("reference", ["", REF])
def test_the_gap_beside_new_code_at_an_open_end_is_unknown(reference: str) -> None:
    snippet = f"alpha one\nbeta new\n{reference}"
    words = "M1:0 I2:1 K3:1 K3:2 K3:3"
    found = doubts_of(FLAT, snippet, words, "Type: add", "a.txt")
    assert ("ambiguous_blank_lines" in found) is (reference == "")


@pytest.mark.parametrize(("new", "odd"), [("///", True), ("/// x", False)])
def test_signs_alone_may_belong_to_a_line_left_out(new: str, odd: bool) -> None:
    snippet = f"alpha one\n{new}\n{REF}"
    found = doubts_of(FLAT, snippet, "M1:0 I2:1 K3:1 K3:2 K3:3", "Type: add", "a.txt")
    assert ("ambiguous_blank_lines" in found) is odd


LONG = "alpha one\nbeta two\ngamma three\ndelta four\nepsilon five\nzeta six\neta seven\n"
CHANGED = ("alpha one\nbeta 2\ngamma three\n" + REF, "M1:0 C2:1 M3:2 K4:3 K4:4 K4:5 K4:6")
GAINS_BESIDE_A_REFERENCE = (
    "alpha one\nbeta 2\ngamma three\n" + REF + "new\nzeta six\neta seven\n",
    "M1:0 C2:1 M3:2 K4:3 K4:4 I5:5 M6:5 M7:6",
)
GAINS_BETWEEN_ANCHORS = (
    "alpha one\nbeta 2\ngamma three\nnew\ndelta four\n" + REF,
    "M1:0 C2:1 M3:2 I4:3 M5:3 K6:4 K6:5 K6:6",
)


@pytest.mark.parametrize(
    ("case", "kinds", "doubtful"),
    [
        (CHANGED, "replace replace", False),
        (CHANGED, "replace remove", True),  # nothing is marked as removed
        (GAINS_BETWEEN_ANCHORS, "add replace replace", False),
        (GAINS_BESIDE_A_REFERENCE, "add replace replace", True),  # one of them has no place
        (GAINS_BESIDE_A_REFERENCE, "replace", True),  # the reference may hide an old form
        (GAINS_BESIDE_A_REFERENCE, "add replace", False),
        (GAINS_BETWEEN_ANCHORS, "replace", False),
    ],
)
def test_where_code_is_replaced_some_goes(
    case: tuple[str, str], kinds: str, doubtful: bool
) -> None:
    said = "".join(f"Type: {kind}\n" for kind in kinds.split())
    found = doubts_of(LONG, *case, said, "a.txt")
    assert ("nothing_replaced" in found) is doubtful


def test_blanks_at_the_end_of_a_known_line_are_drift() -> None:
    changed = doubts_of(
        FLAT, "alpha one\nbeta two  \ngamma three\n" + REF, "M1:0 C2:1 M3:2 K4:3", "", "a.txt"
    )
    assert "indentation_differs" in changed
    new = doubts_of(
        FLAT, "alpha one\nnew  \nbeta two\n" + REF, "M1:0 I2:1 M3:1 K4:2 K4:3", "", "a.txt"
    )
    assert "indentation_differs" not in new


BLOCKS = "def one():\n    a\n    b\ndef two():\n    c\n    d\n"
INSIDE, OUTSIDE = "    # ... existing code ...\n", "# ... existing code ...\n"


@pytest.mark.parametrize(
    ("snippet", "words", "held"),
    [
        (INSIDE + "new = 1\n" + OUTSIDE, "K2:1 K2:2 I3:3 K4:3 K4:4 K4:5", True),
        (INSIDE + "new = 1\n" + OUTSIDE, "K2:1 I3:2 K4:2 K4:3 K4:4 K4:5", False),
        (OUTSIDE + "    new\n" + OUTSIDE, "K2:1 K2:2 I3:3 K4:3 K4:4 K4:5", True),
        (INSIDE + "    new\n" + INSIDE, "K2:1 K2:2 I3:3 K4:3 K4:4 K4:5", False),
    ],
    ids=["behind a block", "within a block", "at the end of a block", "in no block's end"],
)
def test_depth_holds_code_between_references(snippet: str, words: str, held: bool) -> None:
    found = doubts_of(BLOCKS, "def one():\n" + snippet, "M1:0 " + words, "Type: add", "a.py")
    assert ("no_anchor" in found) is not held


def test_one_line_between_two_others_may_be_quite_another() -> None:
    original = "begin report\n  rows.each { |row| add row }\nend report\n"
    snippet = "begin report\n  total = sum of columns\nend report\n"
    assert place(snippet, "Type: replace", original, "a.txt").text == snippet
    assert place(snippet, "Type: replace", original, "a.txt").status == "accepted"
