"""What a sum means against limits, and how amounts are written."""

from decimal import Decimal

import pytest

from orgs.logic.budgets import dollars


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "$0.00"),
        ("0.0204", "$0.0204"),
        ("0.075", "$0.075"),
        ("0.5", "$0.50"),
        ("0.00004", "$0.00"),
        ("0.99996", "$1.00"),
        ("1.005", "$1.01"),
        ("1234.5", "$1,234.50"),
    ],
)
def test_amounts_are_written_as_people_do(amount: str, written: str) -> None:
    """In cents, and below a dollar as fine as it is: a limit of $0.075 is not $0.08."""
    assert dollars(Decimal(amount)) == written
