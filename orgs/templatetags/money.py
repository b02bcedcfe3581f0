"""Amounts of money in pages."""

from decimal import Decimal

from django import template

from orgs.logic import budgets

register = template.Library()


@register.filter
def dollars(amount: Decimal | float) -> str:
    return budgets.dollars(Decimal(amount))
