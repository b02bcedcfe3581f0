"""What `plandex usage` asks for."""

from django.http import HttpResponse
from rest_framework.request import Request

from execution import billing
from execution import billing_shapes as shapes
from orgs.authentication import Auth, auth_of
from plandex_server.api.describe import Answer, describes
from plandex_server.api.queries import int_parameter, query_int
from plandex_server.api.views import ApiViewSet, answer, parse

MAX_PAGE_SIZE = 500
MAX_PAGE = 1_000_000

_PAGE = (
    int_parameter(
        "size", "Transactions of a page, 100 by default.", minimum=1, maximum=MAX_PAGE_SIZE
    ),
    int_parameter("page", "The page, from 1 on.", minimum=1, maximum=MAX_PAGE),
)


class BillingViewSet(ApiViewSet):
    @describes(
        "getBalance",
        "Billing",
        "What the nearest hard limit on the caller leaves, in dollars; 0 without one.",
        returns={200: Answer("The balance.", shapes.BalanceJson)},
    )
    def balance(self, request: Request) -> HttpResponse:
        value: shapes.BalanceJson = {"balance": billing.balance(auth_of(request))}
        return answer(value)

    @describes(
        "getCreditsSummary",
        "Billing",
        "What was spent, by plan, model and purpose: by the org where the caller may see that, "
        "else by the caller.",
        body=shapes.BillingRequest,
        returns={200: Answer("The sums.", shapes.SummaryJson)},
        errors=(404,),
    )
    def summary(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        found = billing.spend(_wanted(auth, request))
        return answer(shapes.summary_json(found, billing.balance(auth)))

    @describes(
        "listCreditsTransactions",
        "Billing",
        "The single calls of models, newest first, with what was left after each.",
        body=shapes.BillingRequest,
        returns={200: Answer("A page of transactions.", shapes.TransactionsJson)},
        errors=(404,),
        parameters=_PAGE,
    )
    def transactions(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        found = billing.transactions(
            auth,
            _wanted(auth, request),
            size=query_int(request.query_params, "size", 100, minimum=1, maximum=MAX_PAGE_SIZE),
            page=query_int(request.query_params, "page", 1, minimum=1, maximum=MAX_PAGE),
        )
        return answer(shapes.transactions_json(auth.org, found))


def _wanted(auth: Auth, request: Request) -> billing.Wanted:
    body = parse(request, shapes.BillingRequest)
    return billing.wanted_by(
        auth,
        plan_id=body.plan_id,
        session_id=body.session_id,
        since=body.day_start,
        month=body.month,
        credits_only=body.transaction_type == "credit",
    )
