"""What an org sets for its costs: budgets, and prices of its own."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from execution import limit_shapes as shapes
from execution import usage
from execution.selectors import budget_get
from execution.views.usage import usage_viewer
from models_config.logic.prices import price_list
from models_config.models import ModelPrice
from models_config.selectors import model_price_get, model_price_list
from models_config.services.prices import price_remove, price_set
from orgs.authentication import Auth, auth_of
from orgs.logic.permissions import Permission
from orgs.selectors import membership_get
from orgs.services.budgets import budget_remove, budget_set
from plandex_server.api.describe import Answer, describes
from plandex_server.api.views import ApiViewSet, answer, parse
from plandex_server.errors import BadRequest
from plans.selectors import plan_get


class BudgetViewSet(ApiViewSet):
    @describes(
        "listBudgets",
        "Billing",
        "The org's budgets, each with what is spent of it.",
        returns={200: Answer("Budgets.", Sequence[shapes.BudgetJson])},
        errors=(403,),
    )
    def list(self, request: Request) -> HttpResponse:
        auth = usage_viewer(request)
        found = usage.budgets_with_spent(auth.org.id)
        return answer([shapes.budget_json(budget, standing) for budget, standing in found])

    @describes(
        "setBudget",
        "Billing",
        "Set the limits of the org, or of one user or plan of it, for a request, a day, a month or "
        "all time. The soft limit warns, the hard one pauses runs.",
        body=shapes.BudgetBody,
        returns={200: Answer("The budget.", shapes.BudgetJson)},
        errors=(403, 404),
    )
    def set(self, request: Request) -> HttpResponse:
        auth = billing_manager(request)
        body = parse(request, shapes.BudgetRequest)
        user = membership_get(org=auth.org, user_id=body.user_id).user if body.user_id else None
        plan = plan_get(auth=auth, plan_id=body.plan_id) if body.plan_id else None
        budget = budget_set(
            org=auth.org,
            user=user,
            plan=plan,
            period=body.period,
            soft_limit=shapes.decimal_of(body.soft_limit),
            hard_limit=shapes.decimal_of(body.hard_limit),
        )
        return answer(shapes.budget_json(budget, usage.budget_standing(budget)))

    @describes(
        "deleteBudget",
        "Billing",
        "Remove a budget.",
        returns={204: "Budget removed."},
        errors=(403,),
    )
    def destroy(self, request: Request, budget_id: str) -> HttpResponse:
        auth = billing_manager(request)
        budget_remove(budget=budget_get(org_id=auth.org.id, budget_id=budget_id))
        return answer(status=204)


class PriceViewSet(ApiViewSet):
    @describes(
        "listPrices",
        "Billing",
        "What models cost per million tokens: the org's own prices, and the list.",
        returns={200: Answer("Prices.", shapes.PricesJson)},
    )
    def list(self, request: Request) -> HttpResponse:
        listed = price_list()
        value: shapes.PricesJson = {
            "own": [shapes.price_json(one) for one in model_price_list(auth_of(request).org.id)],
            "listed": [shapes.listed_price_json(one) for one in listed.prices],
            "asOf": listed.as_of,
            "sources": listed.sources,
        }
        return answer(value)

    @describes(
        "setPrice",
        "Billing",
        "Set what the org pays for a model, in place of the list price.",
        body=shapes.PriceRequest,
        returns={200: Answer("The price.", shapes.PriceJson)},
        errors=(403,),
    )
    def set(self, request: Request) -> HttpResponse:
        auth = billing_manager(request)
        price = _price_set(auth, parse(request, shapes.PriceRequest))
        return answer(shapes.price_json(price))

    @describes(
        "deletePrice",
        "Billing",
        "Remove a price of the org's own.",
        returns={204: "Price removed."},
        errors=(403,),
    )
    def destroy(self, request: Request, price_id: str) -> HttpResponse:
        auth = billing_manager(request)
        price_remove(price=model_price_get(org_id=auth.org.id, price_id=price_id))
        return answer(status=204)


def _price_set(auth: Auth, body: shapes.PriceRequest) -> ModelPrice:
    input, output = shapes.decimal_of(body.input), shapes.decimal_of(body.output)
    if input is None or output is None:
        raise BadRequest("A price needs input and output")
    return price_set(
        org=auth.org,
        model_id=body.model_id,
        provider=body.provider,
        input=input,
        output=output,
        cached_input=shapes.decimal_of(body.cached_input),
        cache_write=shapes.decimal_of(body.cache_write),
    )


def billing_manager(request: Request) -> Auth:
    """The caller, who has to be one who may manage billing."""
    auth = auth_of(request)
    auth.require(Permission.MANAGE_BILLING, "User does not have permission to manage billing")
    return auth
