"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from execution.streaming import build, connect, stop, tell
from execution.views.billing import BillingViewSet
from execution.views.changes import ChangesViewSet
from execution.views.keys import ProviderKeyViewSet
from execution.views.limits import BudgetViewSet, PriceViewSet
from execution.views.runs import RunViewSet
from execution.views.usage import UsageViewSet

urlpatterns = [
    path("plans/ps", RunViewSet.as_view({"get": "ps"})),
    path(
        "plans/<str:plan_id>/current_plan/<str:sha>",
        ChangesViewSet.as_view({"get": "current_plan_at"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/current_plan",
        ChangesViewSet.as_view({"get": "current_plan"}),
    ),
    path("plans/<str:plan_id>/<str:branch>/apply", ChangesViewSet.as_view({"patch": "apply"})),
    path(
        "plans/<str:plan_id>/<str:branch>/reject_all",
        ChangesViewSet.as_view({"patch": "reject_all"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/reject_file",
        ChangesViewSet.as_view({"patch": "reject_file"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/reject_files",
        ChangesViewSet.as_view({"patch": "reject_files"}),
    ),
    path("plans/<str:plan_id>/<str:branch>/diffs", ChangesViewSet.as_view({"get": "diffs"})),
    path("plans/<str:plan_id>/<str:branch>/rewind", ChangesViewSet.as_view({"patch": "rewind"})),
    path("plans/<str:plan_id>/<str:branch>/status", RunViewSet.as_view({"get": "status"})),
    path("plans/<str:plan_id>/<str:branch>/tell", tell),
    path("plans/<str:plan_id>/<str:branch>/build", build),
    path("plans/<str:plan_id>/<str:branch>/connect", connect),
    path("plans/<str:plan_id>/<str:branch>/stop", stop),
    path(
        "plans/<str:plan_id>/<str:branch>/respond_missing_file",
        RunViewSet.as_view({"post": "respond_missing_file"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/auto_load_context",
        RunViewSet.as_view({"post": "auto_load_context"}),
    ),
    path(
        "plans/<str:plan_id>/<str:branch>/build_status",
        RunViewSet.as_view({"get": "build_status"}),
    ),
    path("billing/balance", BillingViewSet.as_view({"get": "balance"})),
    path("billing/credits_summary", BillingViewSet.as_view({"post": "summary"})),
    path("billing/credits_transactions", BillingViewSet.as_view({"post": "transactions"})),
    path("billing/usage", UsageViewSet.as_view({"get": "usage"})),
    path("billing/usage.csv", UsageViewSet.as_view({"get": "export"})),
    path("billing/calls.csv", UsageViewSet.as_view({"get": "export_calls"})),
    path("billing/budgets", BudgetViewSet.as_view({"get": "list", "put": "set"})),
    path("billing/budgets/<str:budget_id>", BudgetViewSet.as_view({"delete": "destroy"})),
    path("billing/prices", PriceViewSet.as_view({"get": "list", "put": "set"})),
    path("billing/prices/<str:price_id>", PriceViewSet.as_view({"delete": "destroy"})),
    path("provider_keys", ProviderKeyViewSet.as_view({"get": "list"})),
    path(
        "provider_keys/<str:provider>",
        ProviderKeyViewSet.as_view({"put": "set", "delete": "destroy"}),
    ),
    path("provider_keys/<str:provider>/check", ProviderKeyViewSet.as_view({"post": "check"})),
]
