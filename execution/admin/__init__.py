"""The admin's pages about work: plans with what is in them, runs, and what the models used."""

from execution.admin.budgets import BudgetPages
from execution.admin.calls import CallPages
from execution.admin.keys import KeyPages
from execution.admin.plans import PlanPages
from execution.admin.runs import RunPages

__all__ = ["BudgetPages", "CallPages", "KeyPages", "PlanPages", "RunPages"]
