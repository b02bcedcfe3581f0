"""Texts that models wrote are traced back to the snippet, also in long files."""

from collections.abc import Collection

import pytest

from execution.logic.edits import check_candidate

REF = "# ... existing code ..."
HEAD = '''\
"""Reports.

Each one adds up rows.

    options:

        limit (number, default 10{note}):
            no total is higher
        strict (flag, default on):
            complain

    See also the tables.
"""
'''
REPORT = """

def report_{number}(rows, limit):
    total = 0
    for row in rows:
        if row.kind != {number}:
            continue
        total += row.amount
{check}    if total > limit:
        raise ValueError("too much")
    return total
"""
CHANGE = """
{ref}

def report_{number}(rows, limit):
    {ref}
        total += row.amount
        check(row)
    if total > limit:
        {ref}
"""
NOTE = ",\n               or none"
CHANGED = range(10, 90, 10)
SNIPPET = (
    f'"""Reports.\n\n{REF}\n    options:\n\n        limit (number, default 10{NOTE}):\n'
    f'            no total is higher\n{REF}\n"""\n'
    + "".join(CHANGE.format(ref=REF, number=number) for number in CHANGED)
    + f"\n{REF}\n"
)


def _file(note: str = "", checked: Collection[int] = ()) -> str:
    reports = (
        REPORT.format(number=number, check="        check(row)\n" if number in checked else "")
        for number in range(90)
    )
    return HEAD.format(note=note) + "".join(reports)


@pytest.mark.parametrize(
    ("candidate", "status"),
    [
        (_file(NOTE, CHANGED), "accepted"),
        (_file(NOTE, CHANGED).replace("        strict (flag, default on):\n", ""), "refused"),
        (_file(NOTE, CHANGED) + "\nextra()\n", "refused"),
    ],
    ids=["right", "a line lost", "a line that is in neither text"],
)
def test_many_changes_of_a_long_file_are_traced(candidate: str, status: str) -> None:
    checked = check_candidate(
        original=_file(),
        snippet=SNIPPET,
        description="Type: replace\nSummary: rows are checked, the limit may be none",
        path="reports.py",
        candidate=candidate,
    )
    assert checked.status == status, checked.reasons
