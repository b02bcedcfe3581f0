"""New code that breaks off before a reference."""

import pytest

from tests.execution.logic.edits.handmade import REF, doubts_of

FILE = "alpha one\nif x\n  beta two\nomega three\n"


@pytest.mark.parametrize(
    ("snippet", "words", "doubtful"),
    [
        (f"alpha one\nif y\n{REF}", "M1:0 I2:1 K3:1 K3:2 K3:3", True),
        (f"alpha one\nif y\n\n{REF}", "M1:0 I2:1 D3:1 K4:1 K4:2 K4:3", True),
        (f"alpha one\nif y\n  new\n{REF}", "M1:0 I2:1 I3:1 K4:1 K4:2 K4:3", False),
        (f"alpha one\nnew\nif x\n{REF}", "M1:0 I2:1 M3:1 K4:2 K4:3", False),
        (f"alpha one\nif y {{\n{REF}", "M1:0 I2:1 K3:1 K3:2 K3:3", False),
        (f"alpha one\nifs = y\n{REF}", "M1:0 I2:1 K3:1 K3:2 K3:3", False),
    ],
    ids=[
        "a head",
        "a head above a gap",
        "a head with its line",
        "a head of the file",
        "a head that opens a block",
        "no head",
    ],
)
def test_a_bare_head_of_a_block(snippet: str, words: str, doubtful: bool) -> None:
    assert ("open_header" in doubts_of(FILE, snippet, words, "Type: add", "a.txt")) is doubtful
