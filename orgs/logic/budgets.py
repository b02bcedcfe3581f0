"""Budgets: the periods they are for, and what a sum means against their limits."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

CENT = Decimal("0.01")
SMALL = Decimal("0.0001")


class Period(StrEnum):
    """What a limit is for: one request to a model, or all of a day or month (UTC), or ever."""

    REQUEST = "request"
    DAY = "day"
    MONTH = "month"
    TOTAL = "total"

    @property
    def words(self) -> str:
        return {"request": "one request", "day": "today", "month": "this month"}.get(
            self.value, "all time"
        )


def period_start(period: Period, moment: datetime) -> datetime | None:
    """When the period of this moment began; None for one without a beginning."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case Period.DAY:
            return day
        case Period.MONTH:
            return day.replace(day=1)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget and what is spent of it, running calls included. `whose` names it in a sentence."""

    budget_id: str
    whose: str
    period: Period
    soft_limit: Decimal | None
    hard_limit: Decimal | None
    spent: Decimal = Decimal(0)
    user_id: str | None = None
    plan_id: str | None = None

    @property
    def remaining(self) -> Decimal | None:
        """What the hard limit leaves; None without one."""
        return None if self.hard_limit is None else max(self.hard_limit - self.spent, Decimal(0))

    def is_used_up(self) -> bool:
        return self.hard_limit is not None and self.spent >= self.hard_limit

    def fits(self, estimate: Decimal) -> bool:
        """Whether a call of about this cost may begin."""
        if self.hard_limit is None:
            return True
        if self.period is Period.REQUEST:
            return estimate <= self.hard_limit
        return not self.is_used_up() and self.spent + estimate <= self.hard_limit

    def warns(self, estimate: Decimal) -> bool:
        """Whether people are to be told before the call."""
        if self.soft_limit is None:
            return False
        if self.period is Period.REQUEST:
            return estimate > self.soft_limit
        return self.spent >= self.soft_limit

    def warning(self) -> str:
        of = "" if self.hard_limit is None else f" of {dollars(self.hard_limit)}"
        assert self.soft_limit is not None, "only a soft limit warns"
        return (
            f"{self.whose} has spent {dollars(self.spent)}{of} for {self.period.words} "
            f"(warning from {dollars(self.soft_limit)} on)"
        )

    def refusal(self, estimate: Decimal) -> str:
        assert self.hard_limit is not None, "only a hard limit refuses"
        limit = dollars(self.hard_limit)
        if self.period is Period.REQUEST:
            return (
                f"This request would cost about {dollars(estimate)}; {self.whose} allows {limit} "
                "for one. Unload context, or ask an owner or billing admin to raise the limit"
            )
        needs = "" if self.is_used_up() else f", and the next step needs about {dollars(estimate)}"
        return (
            f"Budget reached. {self.whose} has spent {dollars(self.spent)} of {limit} for "
            f"{self.period.words}{needs}. An owner or billing admin of the org can raise it; "
            "then continue"
        )


def dollars(amount: Decimal) -> str:
    """As people write it: cents, and below a dollar the finer part that there is."""
    if abs(amount) >= 1:
        return f"${amount.quantize(CENT, rounding=ROUND_HALF_UP):,}"
    text = f"{amount.quantize(SMALL, rounding=ROUND_HALF_UP):f}"
    return f"${text[:-2]}{text[-2:].rstrip('0')}"
