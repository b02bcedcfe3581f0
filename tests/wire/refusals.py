"""Refusals in the words and statuses that the users of the CLI know. Statuses are honest: what is
a mistake of the client and was a 500 is a 4xx here."""

from typing import Any, NamedTuple

from tests.models_config.bodies import MODEL, PACK, PROVIDER, STATE, without

NOWHERE = "00000000-0000-4000-8000-000000000000"
KIB_500 = 512_000
MIB_25 = 26_214_400
NO_JSON = b"{"


class Refusal(NamedTuple):
    method: str
    path: str
    body: object
    status: int
    text: str
    """The whole text, or with `…` at its end the beginning."""


def mapped(paths: dict[str, str]) -> list[dict[str, Any]]:
    return [{"contextType": "map", "name": "cwd", "file_path": ".", "mapBodies": paths}]


def state(**changes: object) -> dict[str, object]:
    return STATE | changes


EMAIL = "owner@example.com"
VERIFY = "/accounts/email_verifications"
SIGN_UP = {"email": "new@example.com", "pin": "aaaaaa", "userName": "N"}
NOTE = {"contextType": "note", "body": "x"}
ACCOUNTS = [
    Refusal("POST", VERIFY, NO_JSON, 400, "Error unmarshalling request…"),
    Refusal("POST", VERIFY, {"email": EMAIL, "userId": NOWHERE}, 404, "User not found"),
    Refusal(
        "POST", VERIFY, {"email": "a@b.test", "userId": "{owner}"}, 400, "User email does not match"
    ),
    Refusal("POST", VERIFY, {"email": "a@b.test", "requireUser": True}, 404, "User not found"),
    Refusal("POST", VERIFY, {"email": EMAIL, "requireNoUser": True}, 409, "User already exists"),
    Refusal(
        "POST", f"{VERIFY}/check_pin", {"email": EMAIL, "pin": "x"}, 404, "Invalid or expired pin…"
    ),
    Refusal("POST", "/accounts/sign_in", NO_JSON, 400, "Error unmarshalling request…"),
    Refusal(
        "POST",
        "/accounts/sign_in",
        {"email": EMAIL, "pin": "x"},
        401,
        "Error signing in: invalid or expired pin…",
    ),
    Refusal(
        "POST", "/accounts/sign_in", {"pin": "x", "isSignInCode": True}, 401, "Error signing in: …"
    ),
    Refusal(
        "POST",
        "/accounts",
        SIGN_UP,
        401,
        "Error validating email verification: invalid or expired pin…",
    ),
]
PEOPLE = [
    Refusal("POST", "/orgs", NO_JSON, 400, "Error unmarshalling request…"),
    Refusal("PUT", "/org_user_config", NO_JSON, 400, "Error unmarshalling request…"),
    Refusal("POST", "/invites", NO_JSON, 400, "Error unmarshalling request…"),
    Refusal("POST", "/invites", {"email": "x", "orgRoleId": "{role}"}, 400, "Invalid email: x"),
    Refusal(
        "POST",
        "/invites",
        {"email": "member@example.com", "orgRoleId": "{role}"},
        400,
        "User is already a member of org",
    ),
    Refusal(
        "POST",
        "/invites",
        {"email": "asked@example.com", "orgRoleId": "{role}"},
        400,
        "Invite already exists…",
    ),
    Refusal("DELETE", f"/invites/{NOWHERE}", None, 404, f"Invite not found: {NOWHERE}"),
    Refusal("DELETE", "/orgs/users/{owner}", None, 403, "Cannot delete the only org owner"),
]
PROJECTS = [
    Refusal("POST", "/projects", NO_JSON, 400, "Error parsing request body…"),
    Refusal("POST", "/projects", {"name": ""}, 400, "name field is required"),
    Refusal(
        "PUT", f"/projects/{NOWHERE}/rename", {"name": "x"}, 404, "project does not exist in org"
    ),
    Refusal("PUT", "/projects/{project}/rename", {"name": ""}, 400, "name field is required"),
    Refusal(
        "PUT",
        f"/projects/{NOWHERE}/set_plan",
        {"planId": "x"},
        404,
        "project does not exist in org",
    ),
    Refusal("PUT", "/projects/{project}/set_plan", {}, 400, "planId field is required"),
    Refusal("POST", f"/projects/{NOWHERE}/plans", {}, 404, "project does not exist in org"),
    Refusal("DELETE", f"/projects/{NOWHERE}/plans", None, 404, "project does not exist in org"),
    Refusal(
        "POST",
        f"/projects/{NOWHERE}/plans/current_branches",
        {},
        404,
        "project does not exist in org",
    ),
]
PLANS = [
    Refusal("POST", "/projects/{project}/plans", NO_JSON, 400, "Error parsing request body…"),
    Refusal("PATCH", "/plans/{plan}/rename", NO_JSON, 400, "Error parsing request body…"),
    Refusal("PATCH", "/plans/{plan}/rename", {"name": ""}, 400, "Name cannot be empty"),
    Refusal("PATCH", "/plans/{plan}/unarchive", None, 400, "Plan isn't archived"),
    Refusal("PATCH", "/plans/{archived}/archive", None, 400, "Plan already archived"),
    Refusal("GET", f"/plans/{NOWHERE}", None, 404, "This plan does not exist, …"),
    Refusal("GET", f"/plans/ps?projectId={NOWHERE}", None, 404, "project does not exist in org"),
    Refusal("PUT", "/plans/{plan}/config", NO_JSON, 400, "Error decoding request body…"),
    Refusal("PUT", "/default_plan_config", NO_JSON, 400, "Error decoding request body…"),
    Refusal("POST", "/plans/{plan}/main/branches", NO_JSON, 400, "Error parsing request body…"),
    Refusal("DELETE", "/plans/{plan}/branches/main", None, 400, "Cannot delete main branch"),
    Refusal("GET", "/plans/{plan}/side/convo", None, 404, "There is no branch named side…"),
    Refusal("PATCH", "/plans/{plan}/main/rewind", NO_JSON, 400, "Error parsing request body…"),
    Refusal("PATCH", "/plans/{plan}/main/rewind", {"sha": "feed"}, 404, "There is no revision…"),
]
CONTEXT = [
    Refusal("POST", "{main}/context", NO_JSON, 400, "Error parsing request body…"),
    Refusal(
        "POST",
        "{main}/context",
        [NOTE] * 1001,
        400,
        "Too many contexts to load (found 1001, limit is 1000)",
    ),
    Refusal(
        "POST",
        "{main}/context",
        mapped({str(n): "" for n in range(3001)}),
        400,
        "Too many map files to load (found 3001, limit is 3000)",
    ),
    Refusal(
        "POST",
        "{main}/context",
        mapped({"a.py": "x" * (KIB_500 + 1)}),
        400,
        "Map file a.py exceeds size limit (size 512001, limit 512000)",
    ),
    Refusal(
        "POST",
        "{main}/context",
        [{"contextType": "file", "name": "a", "file_path": "a", "body": "x" * (MIB_25 + 1)}],
        400,
        "Context a exceeds size limit (size 25.00 MB, limit 25 MB)",
    ),
    Refusal(
        "POST",
        "{main}/context",
        [{"contextType": "image", "name": "a.png", "file_path": "a.png", "body": "eA=="}],
        400,
        "Error loading context: anthropic/claude-sonnet-4 does not support images in context",
    ),
    Refusal("GET", f"{{main}}/context/{NOWHERE}/body", None, 404, "Context not found"),
    Refusal("PUT", "{main}/context", NO_JSON, 400, "Error parsing request body…"),
    Refusal(
        "PUT",
        "{main}/context",
        {NOWHERE: {"body": "x"}},
        404,
        "Error updating contexts: error getting context: …",
    ),
    Refusal("DELETE", "{main}/context", NO_JSON, 400, "Error parsing request body…"),
    Refusal("POST", "{main}/load_cached_file_map", NO_JSON, 400, "Error decoding request: …"),
    Refusal("POST", "/file_map", NO_JSON, 400, "Error decoding request: …"),
    Refusal(
        "POST",
        "/file_map",
        {"mapInputs": {str(n): "" for n in range(3001)}},
        400,
        "Too many files to map: 3001 (max 3000)",
    ),
    Refusal("PATCH", "{main}/apply", NO_JSON, 400, "Error parsing request body…"),
    Refusal("PATCH", "{main}/reject_file", NO_JSON, 400, "Error decoding request: …"),
    Refusal("PATCH", "{main}/reject_files", NO_JSON, 400, "Error decoding request: …"),
    Refusal(
        "GET",
        "/plans/{plan}/current_plan/feed",
        None,
        404,
        "There is no revision feed in this plan's history.",
    ),
]
TWICE = "Has duplicates: "
STRANGE = "not built-in, not being imported, and not an existing custom model"
MODELS = [
    Refusal("PUT", "{main}/settings", NO_JSON, 400, "Error decoding request body…"),
    Refusal("PUT", "{main}/settings", {}, 400, "No model pack name or model pack provided"),
    Refusal("PUT", "/default_settings", NO_JSON, 400, "Error decoding request body…"),
    Refusal("PUT", "/default_settings", {}, 400, "No model pack name or model pack provided"),
    Refusal("GET", f"/custom_models/{NOWHERE}", None, 404, "Custom model not found"),
    Refusal("GET", f"/custom_providers/{NOWHERE}", None, 404, "Custom provider not found"),
    Refusal("POST", "/custom_models", NO_JSON, 400, "Invalid request body: …"),
    Refusal(
        "POST",
        "/custom_models",
        state(providers=[PROVIDER] * 2),
        400,
        f"{TWICE}• Provider togetherai is duplicated",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(models=[MODEL] * 2),
        400,
        f"{TWICE}• Model meta-llama/llama-4-maverick is duplicated",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(modelPacks=[PACK] * 2),
        400,
        f"{TWICE}• Model pack mine is duplicated",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(providers=[without(PROVIDER, "name")]),
        400,
        "Provider name is required",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(models=[without(MODEL, "modelId")]),
        400,
        "Model id is required",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(modelPacks=[without(PACK, "name")]),
        400,
        "Model pack name is required",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(models=[MODEL | {"modelId": "openai/gpt-4.1"}]),
        422,
        "openai/gpt-4.1 is a built-in base model id, so it can't be used for a custom model",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(modelPacks=[PACK | {"name": "strong"}]),
        422,
        "strong is a built-in model pack name, so it can't be used for a custom model pack",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(providers=[]),
        422,
        "'togetherai' is not a custom model provider that exists or is being imported",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(models=[MODEL | {"providers": [{"provider": "no", "modelName": "m"}]}]),
        422,
        "'no' is not a built-in model provider",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(modelPacks=[PACK | {"planner": "no/model"}]),
        422,
        f"'no/model' is {STRANGE}",
    ),
    Refusal(
        "POST",
        "/custom_models",
        state(modelPacks=[PACK | {"coder": {"modelId": "deepseek/v3", "strongModel": "no/model"}}]),
        422,
        f"'no/model' is {STRANGE}",
    ),
]
OF_THE_CLI = [
    Refusal("GET", "/plans/ps", None, 400, "No project ids provided"),
    Refusal(
        "POST", "/model_sets", {}, 400, "Use POST /custom_models instead to create model packs"
    ),
    Refusal(
        "PUT",
        f"/model_sets/{NOWHERE}",
        {},
        400,
        "Use POST /custom_models instead to update model packs",
    ),
]
