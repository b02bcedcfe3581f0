"""A doubt about one of two places is a doubt about the edit."""

import pytest

from tests.execution.logic.edits.handmade import REF, doubts_of

FILE = "first line\nsecond line\nthird line\nfourth line\nlast line\n"
PLAIN = "first line\nplain\nsecond line\n", "M1:0 I2:1 M3:1"
MARKER = "// Plandex: removed code\n"


@pytest.mark.parametrize(
    ("original", "snippet", "words", "reason"),
    [
        (
            FILE.replace("third line", ""),
            f"// it says\n\n{REF}",
            "I4:2 M5:2 K6:3 K6:4",
            "open_header",
        ),
        (FILE, f"{MARKER}third line\nlast line\n", "R4:2 R4:3 I5:4 M6:4", "unused_anchor"),
        (FILE, f"{MARKER}{REF}", "R4:2 K5:3 K5:4", "weak_anchor"),
        (FILE, f"{REF}new\n{REF}", "K4:2 I5:3 K6:3 K6:4", "no_anchor"),
        (FILE, f"third line \nfourth line\n{REF}", "C4:2 M5:3 K6:4", "indentation_differs"),
    ],
    ids=["a comment above a gap", "a removed line", "a removal", "two references", "drift"],
)
def test_one_place_is_open(original: str, snippet: str, words: str, reason: str) -> None:
    alone = doubts_of(
        original, f"second line\n{snippet}", f"K0:0 M1:1 {_moved(words)}", "Type: replace", "a.txt"
    )
    assert reason in alone
    both = doubts_of(original, PLAIN[0] + snippet, f"{PLAIN[1]} {words}", "Type: replace", "a.txt")
    assert reason in both


def _moved(words: str) -> str:
    """The same steps two tokens further up."""
    steps = (word.partition(":") for word in words.split())
    return " ".join(f"{step[0]}{int(step[1:]) - 2}:{line}" for step, _, line in steps)
