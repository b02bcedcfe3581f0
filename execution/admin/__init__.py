"""The admin's pages about work: plans with what is in them, runs, and what the models used."""

from execution.admin.calls import CallPages
from execution.admin.plans import PlanPages
from execution.admin.runs import RunPages

__all__ = ["CallPages", "PlanPages", "RunPages"]
