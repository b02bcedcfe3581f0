"""What the CLI decodes for `plandex usage`."""

from tests.wire.kinds import BOOL, DECIMAL, INT, TEXT, TIME, ListOf, MapOf, Obj

BALANCE = Obj({"balance": DECIMAL})
SUMMARY = Obj(
    {
        "balance": DECIMAL,
        "totalSpend": DECIMAL,
        "monthStart": TIME,
        "byPlanId": MapOf(DECIMAL),
        "planNamesById": MapOf(TEXT),
        "byModelName": MapOf(DECIMAL),
        "byPurpose": MapOf(DECIMAL),
        "cacheSavings": DECIMAL,
    }
)
# What the CLI reads through a pointer without a look must be there.
TRANSACTION = Obj(
    {
        "id": TEXT,
        "transactionType": TEXT,
        "amount": DECIMAL,
        "startBalance": DECIMAL,
        "endBalance": DECIMAL,
        "debitInputTokens": INT,
        "debitOutputTokens": INT,
        "debitModelInputPricePerToken": DECIMAL,
        "debitModelOutputPricePerToken": DECIMAL,
        "debitBaseAmount": DECIMAL,
        "debitSurcharge": DECIMAL,
        "debitModelProvider": TEXT,
        "debitModelName": TEXT,
        "debitPurpose": TEXT,
        "debitPlanId?": TEXT,
        "debitCacheDiscount?": DECIMAL,
        "createdAt": TIME,
    }
)
TRANSACTIONS = Obj(
    {
        "transactions": ListOf(TRANSACTION),
        "numPages": INT,
        "numPagesMax": BOOL,
        "monthStart": TIME,
        "planNamesById": MapOf(TEXT),
    }
)
