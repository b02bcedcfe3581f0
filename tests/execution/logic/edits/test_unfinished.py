"""New code that breaks off before a reference."""

import pytest

from tests.execution.logic.edits.handmade import REF, doubts_of

FILE = "alpha one\nif x\n  beta two\nomega three\n"


@pytest.mark.parametrize(
    ("snippet", "words", "doubtful"),
    [
        (f"alpha one\nif y\n{REF}", "M1:0 I2:1 K3:1 K3:2 K3:3", True),
        (f"alpha one\nif y\n\n{REF}", "M1:0 I2:1 D3:1 K4:1 K4:2 K4:3", True),
        (f"alpha one\nif y\n{REF}", "M1:0 C2:1 K3:2 K3:3", True),
        (f"alpha one\nif y\n  new\n{REF}", "M1:0 I2:1 I3:1 K4:1 K4:2 K4:3", False),
        (f"alpha one\nnew\nif x\n{REF}", "M1:0 I2:1 M3:1 K4:2 K4:3", False),
        (f"alpha one\nif y {{\n{REF}", "M1:0 I2:1 K3:1 K3:2 K3:3", False),
        (f"alpha one\nifs = y\n{REF}", "M1:0 I2:1 K3:1 K3:2 K3:3", False),
    ],
    ids=[
        "a head",
        "a head above a gap",
        "a head in a new form",
        "a head with its line",
        "a head of the file",
        "a head that opens a block",
        "no head",
    ],
)
def test_a_bare_head_of_a_block(snippet: str, words: str, doubtful: bool) -> None:
    assert ("open_header" in doubts_of(FILE, snippet, words, "Type: add", "a.txt")) is doubtful


GAPPED = "alpha one\n\nbeta two\nomega three\n"


@pytest.mark.parametrize(
    ("new", "words", "doubtful"),
    [
        ("// says\n\n", "I2:1 M3:1 K4:2 K4:3", True),
        ("// says\n", "I2:1 K3:1 K3:2 K3:3", False),
        ("\n// says\n", "M2:1 I3:2 K4:2 K4:3", False),
        ("// says\nnew\n\n", "I2:1 I3:1 M4:1 K5:2 K5:3", False),
        ("new\n\n", "I2:1 M3:1 K4:2 K4:3", False),
    ],
    ids=["above a gap", "above code", "below a gap", "on new code", "no comment"],
)
def test_a_new_comment_stands_on_what_it_speaks_of(new: str, words: str, doubtful: bool) -> None:
    found = doubts_of(GAPPED, f"alpha one\n{new}{REF}", f"M1:0 {words}", "Type: add", "a.js")
    assert ("open_header" in found) is doubtful
