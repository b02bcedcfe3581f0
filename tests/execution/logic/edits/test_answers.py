"""Answers of models: every reading is either right or «unreadable», never an exception."""

import pytest

from execution.logic.edits import parse_repair_answer, parse_whole_file

ORIGINAL = "one\ntwo\nthree\nfour\n"


def _answer(replacements: str, verdict: str = "<PlandexIncorrect/>") -> str:
    return (
        f"## Evaluate Diff\nsome thoughts\n{verdict}\n<PlandexReplacements>\n{replacements}"
        "</PlandexReplacements>\n<PlandexFinish/>\n"
    )


def _replace(old: str, new: str) -> str:
    return f"<Replacement>\n<Old>\n{old}\n</Old>\n<New>\n{new}</New>\n</Replacement>\n"


READABLE = {
    "one line": (_replace("pdx-2: two", "TWO\n"), "one\nTWO\nthree\nfour\n"),
    "two lines": (_replace("pdx-2: two\npdx-3: three", "x\n"), "one\nx\nfour\n"),
    "first and last of a span": (_replace("pdx-1: one\npdx-3: three", "x\n"), "x\nfour\n"),
    "numbers off by one": (_replace("pdx-3: two", "TWO\n"), "one\nTWO\nthree\nfour\n"),
    "empty new": (_replace("pdx-2: two", ""), "one\nthree\nfour\n"),
    "new with numbers": (_replace("pdx-2: two", "pdx-2: TWO\n"), "one\nTWO\nthree\nfour\n"),
    "new in a fence": (
        _replace("pdx-2: two", "\n```txt\nTWO\n  2\n```\n"),
        "one\nTWO\n  2\nthree\nfour\n",
    ),
    "two replacements": (
        _replace("pdx-1: one", "1\n") + _replace("pdx-4: four", "4\n"),
        "1\ntwo\nthree\n4\n",
    ),
    "new quotes tags": (
        _replace("pdx-2: two", "<New>\n</Old>\n</New>\n</Replacement>\n"),
        "one\n<New>\n</Old>\n</New>\n</Replacement>\nthree\nfour\n",
    ),
    "indented tags": (
        "  <Replacement>\n    <Old>\n    pdx-2: two\n    </Old>\n    <New>\n    TWO\n"
        "    </New>\n  </Replacement>\n",
        "one\nTWO\nthree\nfour\n",
    ),
    "blank lines of new are kept": (
        _replace("pdx-2: two", "a\n\nb\n"),
        "one\na\n\nb\nthree\nfour\n",
    ),
}


@pytest.mark.parametrize("name", READABLE)
def test_readable(name: str) -> None:
    body, wanted = READABLE[name]
    read = parse_repair_answer(_answer(body), original=ORIGINAL, candidate=None)
    assert (read.verdict, read.text) == ("incorrect", wanted)
    assert "some thoughts" in read.problem


def test_replacements_without_a_verdict_are_a_repair() -> None:
    answer = _answer(_replace("pdx-2: two", "TWO\n"), verdict="")
    read = parse_repair_answer(answer, original=ORIGINAL, candidate="candidate\n")
    assert (read.verdict, read.text) == ("incorrect", "one\nTWO\nthree\nfour\n")


UNREADABLE = {
    "nothing": "",
    "prose": "I think this is <PlandexCorrect/> but am not sure.",
    "no verdict": "<PlandexReplacements>\n</PlandexReplacements>\n",
    "correct and replacements": _answer(_replace("pdx-2: two", "x\n"), "<PlandexCorrect/>"),
    "cut off": _answer(_replace("pdx-2: two", "x\n")).split("</PlandexReplacements>")[0],
    "cut in new": _answer(_replace("pdx-2: two", "x\n")).split("</New>")[0],
    "empty list": _answer(""),
    "overlap": _answer(
        _replace("pdx-2: two\npdx-3: three", "x\n") + _replace("pdx-3: three", "y\n")
    ),
    "out of order": _answer(_replace("pdx-3: three", "x\n") + _replace("pdx-1: one", "y\n")),
    "other text": _answer(_replace("pdx-2: deux", "x\n")),
    "other second line": _answer(_replace("pdx-2: two\npdx-3: drei", "x\n")),
    "no number": _answer(_replace("two", "x\n")),
    "empty old": _answer(_replace("", "x\n")),
    "number far out": _answer(_replace("pdx-900: none", "x\n")),
    "loose text": _answer("hello\n" + _replace("pdx-2: two", "x\n")),
    "no old": _answer("<Replacement>\n<New>\nx\n</New>\n</Replacement>\n"),
    "no new": _answer("<Replacement>\n<Old>\npdx-2: two\n</Old>\n</Replacement>\n"),
    "span backwards": _answer(_replace("pdx-3: three\npdx-1: one", "x\n")),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable(name: str) -> None:
    read = parse_repair_answer(UNREADABLE[name], original=ORIGINAL, candidate="candidate\n")
    assert (read.verdict, read.text) == ("unreadable", None)
    assert read.problem


@pytest.mark.parametrize(
    ("answer", "verdict", "text"),
    [
        ("<PlandexCorrect/>", "correct", "candidate\n"),
        ("## Evaluate Diff\nfine\n<PlandexCorrect/>\n<PlandexFinish/>", "correct", "candidate\n"),
        ("<PlandexIncorrect/>\nno, wait\n<PlandexCorrect/>\n", "correct", "candidate\n"),
        ("<PlandexCorrect/>\nno, wait\n<PlandexIncorrect/>\n", "incorrect", None),
        ("<PlandexIncorrect/>", "incorrect", None),
        ("the tag `<PlandexCorrect/>` is wrong here\n<PlandexIncorrect/>", "incorrect", None),
        ("fine\r\n<PlandexCorrect/>\r\n", "correct", "candidate\n"),
    ],
)
def test_verdicts(answer: str, verdict: str, text: str | None) -> None:
    read = parse_repair_answer(answer, original=ORIGINAL, candidate="candidate\n")
    assert (read.verdict, read.text) == (verdict, text)


def test_nothing_to_confirm() -> None:
    read = parse_repair_answer("<PlandexCorrect/>", original=ORIGINAL, candidate=None)
    assert read.verdict == "unreadable"


def test_every_cut_of_an_answer_is_read() -> None:
    whole = _answer(_replace("pdx-2: two", "TWO\n") + _replace("pdx-4: four", "4\n"))
    for end in range(len(whole)):
        read = parse_repair_answer(whole[:end], original=ORIGINAL, candidate=None)
        assert read.text in (None, "one\nTWO\nthree\n4\n")


def test_equal_lines_near_a_wrong_number_are_not_guessed() -> None:
    original = "x\ny\nx\ny\n"
    read = parse_repair_answer(
        _answer(_replace("pdx-2: x", "z\n")), original=original, candidate=None
    )
    assert read.verdict == "unreadable"


def test_line_ends_bom_and_last_line_survive() -> None:
    original = "\ufeffone\r\ntwo\r\nthree"
    read = parse_repair_answer(
        _answer(_replace("pdx-2: two", "TWO\nmore\n")), original=original, candidate=None
    )
    assert read.text == "\ufeffone\r\nTWO\r\nmore\r\nthree"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("<PlandexWholeFile>\na\nb\n</PlandexWholeFile>", "a\nb\n"),
        ("thoughts\n<PlandexWholeFile>\n\na\n</PlandexWholeFile>\nbye", "\na\n"),
        (
            "<PlandexWholeFile>\na\n</PlandexWholeFile>\n</PlandexWholeFile>",
            "a\n</PlandexWholeFile>\n",
        ),
        ("<PlandexWholeFile>\na\n", None),
        ("<PlandexWholeFile>\n</PlandexWholeFile>", None),
        ("see <PlandexWholeFile> here\na\n</PlandexWholeFile>", None),
        ("", None),
    ],
)
def test_whole_file(answer: str, text: str | None) -> None:
    assert parse_whole_file(answer) == text
