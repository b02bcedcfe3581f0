"""Hostile and degenerate input ends, with a clear status, and never raises.

How soon it ends is measured by `python -m benchmarks.edit_speed`, which fails above its limit.
"""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.edit_speed import HOSTILE
from execution.logic.edits import check_candidate, place_edit
from execution.logic.edits.text.description import parse_description

REF = "# ... existing code ...\n"
CROWDED = {"fewer repeated blocks": ("ambiguous_location",), "repeated blocks": ("too_complex",)}


DEEP = {"deep nesting": 701, "ever deeper": 1501}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    original, snippet, path = HOSTILE[name]
    placement = place_edit(original=original, snippet=snippet, description="", path=path)
    if name in DEEP:  # these have an answer
        at = DEEP[name]
        line = " " * at + f"if a{at}:\n"
        assert placement.text == original.replace(line, " " * at + "new\n" + line)
    elif name == "deep tags":  # and one more line between two that the file has once
        assert placement.text == original.replace("<p>x</p>\n", "<p>x</p>\n<p>y</p>\n")
    else:
        assert placement.status != "accepted" and placement.reasons
        assert placement.reasons == CROWDED.get(name, placement.reasons)


def test_two_hundred_references_in_a_long_file() -> None:
    original = "".join(f"line {n}\n" for n in range(5000))
    snippet = "".join(REF + f"line {n}\nnew {n}\n" for n in range(0, 5000, 25)) + REF
    placement = place_edit(original=original, snippet=snippet, description="", path="a.txt")
    assert placement.status == "accepted"
    assert placement.text == "".join(
        f"line {n}\n" + (f"new {n}\n" if n % 25 == 0 else "") for n in range(5000)
    )


def test_a_part_of_a_long_file_is_placed() -> None:
    body = "    x = a + {n}\n    if x > 3:\n        return None\n    return x\n\n"
    original = "".join(f"def f{n}(a):\n" + body.format(n=n) for n in range(400))
    part = "".join(f"def f{n}(a):\n" + body.format(n=f"{n} + 1") for n in range(100, 135))
    placement = place_edit(
        original=original, snippet=REF + part + REF, description="Type: replace", path="a.py"
    )
    assert placement.status == "accepted"


def test_a_long_reply_without_references_is_placed() -> None:
    lines = [f"line {n}\n" for n in range(8000)]
    shown = [line.replace("\n", " x\n") if not n % 5 else line for n, line in enumerate(lines)]
    placement = place_edit(
        original="".join(lines), snippet="".join(shown[:2500]), description="", path="a.py"
    )
    assert placement.text == "".join([*shown[:2500], *lines[2500:]])


def test_an_explanation_of_thousands_of_changes_says_nothing() -> None:
    said = "".join(f"Change {n}.\nType: add\nContext: Located after `l{n}`\n" for n in range(501))
    assert parse_description(said).changes == ()
    assert len(parse_description(said[: said.index("Change 500.")]).changes) == 500


WORDS = st.lists(
    st.sampled_from(
        ["a", "b = 1", "", "    c", "}", "if x {", "# ... existing code ...", "# Plandex: removed",
         "    # ... existing code ...", "\t\td", "end", "```", "<<<<<<< SEARCH", "=======",
         "@@ -1 +1 @@", "+x", "-a", "pdx-1: a"]
    ),
    max_size=12,
).map("\n".join)  # fmt: skip
KINDS = st.sampled_from(["", "Type: add", "Type: replace\nReplace: lines 2-3", "Type: overwrite"])
PATHS = st.sampled_from(["a.py", "a.go", "a.md", "a.toml", "Dockerfile", "x"])


@settings(max_examples=250, deadline=None)
@given(WORDS, WORDS, KINDS, PATHS)
@example("a", "a\n\n", "", "a.py")
def test_any_input_gives_a_status(original: str, snippet: str, kind: str, path: str) -> None:
    placement = place_edit(original=original, snippet=snippet, description=kind, path=path)
    assert placement.status in ("accepted", "verify", "refused")
    assert (placement.status == "accepted") == (not placement.reasons)
    assert placement.text is not None or placement.status == "refused"
    checked = check_candidate(
        original=original,
        snippet=snippet,
        description=kind,
        path=path,
        candidate=placement.text or "",
    )
    assert checked.status == "accepted" or placement.status != "accepted"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "", "    c", "}", "d {"]), min_size=1, max_size=15))
def test_a_lone_reference_changes_nothing(lines: list[str]) -> None:
    original = "\n".join(lines) + "\n"
    placement = place_edit(original=original, snippet=REF, description="", path="a.py")
    assert placement.text is None or placement.text == original or not original.strip()


def test_same_call_same_answer() -> None:
    rng = random.Random(3)
    words = ["a", "b", "c {", "}", "", "    d", REF.strip()]
    for _ in range(60):
        original = "\n".join(rng.choices(words[:-1], k=20)) + "\n"
        snippet = "\n".join(rng.choices(words, k=8)) + "\n"
        first, second = (
            place_edit(original=original, snippet=snippet, description="", path="a.c")
            for _ in range(2)
        )
        assert first == second
