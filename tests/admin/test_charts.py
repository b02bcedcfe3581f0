"""Charts: lines at round values, whatever the bars are."""

import re
from decimal import Decimal

import pytest

from orgs.logic.budgets import dollars
from plandex_server.admin.charts import Bar, bar_chart


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (0, ["$0.00", "$0.20", "$0.40", "$0.60", "$0.80", "$1.00"]),
        (0.0918, ["$0.00", "$0.02", "$0.04", "$0.06", "$0.08", "$0.10"]),
        (1.7, ["$0.00", "$0.50", "$1.00", "$1.50", "$2.00"]),
        (480, ["$0.00", "$100.00", "$200.00", "$300.00", "$400.00", "$500.00"]),
    ],
)
def test_its_lines_are_at_round_values(value: float, lines: list[str]) -> None:
    chart = bar_chart([Bar("11-25", value)], title="t", shown=lambda one: dollars(Decimal(one)))
    assert re.findall(r'text-anchor="end">([^<]+)<', chart) == lines
