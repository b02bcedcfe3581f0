"""What the CLI decodes from each endpoint that it calls, one line per endpoint."""

import re
from collections.abc import Mapping
from enum import Enum, auto
from urllib.parse import urlsplit

from tests.wire.kinds import ANYTHING, BOOL, TEXT, Kind, ListOf, MapOf, Maybe, Obj
from tests.wire.shapes import billing, changes, context, models, people, plans


class Text(Enum):
    """Answers that are not JSON."""

    READ = auto()  # the CLI shows or uses the text; it may be empty
    IGNORED = auto()  # the CLI looks at the status alone
    STREAM = auto()  # frames: see `tests.wire.stream`


Answer = Kind | Text

ID = Obj({"id": TEXT})
OBJECT = MapOf(ANYTHING)
_PLAN = "/plans/{}/{}"
ANSWERS: Mapping[str, Answer] = {
    "GET /health": Text.READ,
    "GET /version": Text.READ,
    "GET /health/live": Text.IGNORED,
    "GET /health/ready": Text.IGNORED,
    "GET /metrics": Text.IGNORED,
    "GET /schema": Text.IGNORED,
    "GET /docs": Text.IGNORED,
    "POST /accounts/email_verifications": Obj({"hasAccount": BOOL, "isLocalMode": BOOL}),
    "POST /accounts/email_verifications/check_pin": Text.IGNORED,
    "POST /accounts/sign_in_codes": Text.READ,
    "POST /accounts/sign_in": people.SESSION,
    "POST /accounts/sign_out": Text.IGNORED,
    "POST /accounts": people.SESSION,
    "GET /orgs": ListOf(people.ORG),
    "POST /orgs": ID,
    "GET /orgs/session": people.ORG,
    "GET /orgs/roles": ListOf(people.ORG_ROLE),
    "DELETE /orgs/users/{}": Text.IGNORED,
    "PUT /orgs/users/{}/role": Text.IGNORED,
    "GET /users": people.USERS,
    "POST /invites": Text.IGNORED,
    "GET /invites/pending": ListOf(people.INVITE),
    "GET /invites/accepted": ListOf(people.INVITE),
    "GET /invites/all": ListOf(people.INVITE),
    "DELETE /invites/{}": Text.IGNORED,
    "GET /billing/balance": billing.BALANCE,
    "POST /billing/credits_summary": billing.SUMMARY,
    "POST /billing/credits_transactions": billing.TRANSACTIONS,
    "GET /billing/usage": Text.IGNORED,
    "GET /billing/usage.csv": Text.IGNORED,
    "GET /billing/calls.csv": Text.IGNORED,
    "GET /billing/budgets": Text.IGNORED,
    "PUT /billing/budgets": Text.IGNORED,
    "DELETE /billing/budgets/{}": Text.IGNORED,
    "GET /billing/prices": Text.IGNORED,
    "PUT /billing/prices": Text.IGNORED,
    "DELETE /billing/prices/{}": Text.IGNORED,
    "GET /provider_keys": Text.IGNORED,
    "PUT /provider_keys/{}": Text.IGNORED,
    "POST /provider_keys/{}/check": Text.IGNORED,
    "DELETE /provider_keys/{}": Text.IGNORED,
    "GET /audit_log": Text.IGNORED,
    "GET /audit_log.csv": Text.IGNORED,
    "GET /org_user_config": people.ORG_USER_CONFIG,
    "PUT /org_user_config": Text.IGNORED,
    "GET /projects": ListOf(plans.PROJECT),
    "POST /projects": ID,
    "PUT /projects/{}/set_plan": Text.IGNORED,
    "PUT /projects/{}/rename": Text.IGNORED,
    "POST /projects/{}/plans": Obj({"id": TEXT, "name": TEXT}),
    "DELETE /projects/{}/plans": Text.IGNORED,
    "POST /projects/{}/plans/current_branches": MapOf(plans.BRANCH),
    "GET /plans": ListOf(plans.PLAN),
    "GET /plans/archive": ListOf(plans.PLAN),
    "GET /plans/ps": plans.RUNNING,
    "GET /plans/{}": plans.PLAN,
    "DELETE /plans/{}": Text.IGNORED,
    "PATCH /plans/{}/rename": Text.IGNORED,
    "PATCH /plans/{}/archive": Text.IGNORED,
    "PATCH /plans/{}/unarchive": Text.IGNORED,
    "PATCH /plans/{}/share": Text.IGNORED,
    "PATCH /plans/{}/unshare": Text.IGNORED,
    "GET /plans/{}/branches": ListOf(plans.BRANCH),
    "DELETE /plans/{}/branches/{}": Text.IGNORED,
    f"POST {_PLAN}/branches": Text.IGNORED,
    "GET /plans/{}/config": plans.CONFIG,
    "PUT /plans/{}/config": Text.IGNORED,
    "GET /default_plan_config": plans.CONFIG,
    "PUT /default_plan_config": Text.IGNORED,
    f"GET {_PLAN}/convo": ListOf(plans.CONVO_MESSAGE),
    f"GET {_PLAN}/status": Text.READ,
    f"GET {_PLAN}/logs": Obj({"shas": ListOf(TEXT), "body": TEXT}),
    f"PATCH {_PLAN}/rewind": Obj({"latestSha": TEXT, "latestCommit": TEXT}),
    "GET /plans/{}/current_plan/{}": changes.CURRENT_PLAN,
    f"GET {_PLAN}/current_plan": changes.CURRENT_PLAN,
    f"GET {_PLAN}/diffs": Text.READ,
    f"PATCH {_PLAN}/apply": Text.READ,
    f"PATCH {_PLAN}/reject_all": Text.IGNORED,
    f"PATCH {_PLAN}/reject_file": Text.IGNORED,
    f"PATCH {_PLAN}/reject_files": Text.IGNORED,
    f"GET {_PLAN}/context": ListOf(context.ListedContext()),
    f"GET {_PLAN}/context/{{}}/body": Obj({"body": TEXT}),
    f"POST {_PLAN}/context": context.LOAD,
    f"PUT {_PLAN}/context": context.LOAD,
    f"DELETE {_PLAN}/context": context.DELETED_CONTEXT,
    f"POST {_PLAN}/load_cached_file_map": context.CACHED_MAPS,
    f"POST {_PLAN}/auto_load_context": context.LOAD,
    "POST /file_map": Obj({"mapBodies": MapOf(TEXT)}),
    f"GET {_PLAN}/settings": models.SETTINGS,
    f"PUT {_PLAN}/settings": models.MESSAGE,
    "GET /default_settings": models.SETTINGS,
    "PUT /default_settings": models.MESSAGE,
    "GET /model_sets": ListOf(models.MODEL_PACK),
    "POST /model_sets": Text.IGNORED,
    "PUT /model_sets/{}": Text.IGNORED,
    "GET /custom_models": ListOf(models.CUSTOM_MODEL),
    "POST /custom_models": Text.IGNORED,
    "GET /custom_models/{}": models.CUSTOM_MODEL,
    "GET /custom_providers": ListOf(models.CUSTOM_PROVIDER),
    "GET /custom_providers/{}": models.CUSTOM_PROVIDER,
    f"POST {_PLAN}/tell": Text.STREAM,
    f"PATCH {_PLAN}/build": Text.STREAM,
    f"PATCH {_PLAN}/connect": Text.STREAM,
    f"DELETE {_PLAN}/stop": Text.IGNORED,
    f"POST {_PLAN}/respond_missing_file": Text.IGNORED,
    f"GET {_PLAN}/build_status": Obj(
        {
            "builtFiles": Maybe(MapOf(BOOL)),
            "isBuildingByPath": Maybe(MapOf(BOOL)),
        }
    ),
}


def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(re.escape(line).replace(r"\{\}", "[^/]+"))


# Fixed words win over placeholders, as in the table of routes.
_PATTERNS = [
    (_pattern(line), answer)
    for line, answer in sorted(ANSWERS.items(), key=lambda item: item[0].count("{}"))
]


def answer_of(method: str, path: str) -> Answer:
    line = f"{method} {urlsplit(path).path}"
    for pattern, answer in _PATTERNS:
        if pattern.fullmatch(line):
            return answer
    raise AssertionError(f"{line} is no endpoint that the CLI knows")
