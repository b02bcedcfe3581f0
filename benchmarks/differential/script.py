"""The calls: what the CLI makes in a project's life, and what it makes wrongly."""

from typing import Any
from uuid import uuid4

from benchmarks.differential.play import Play
from benchmarks.world import ROLES

NOWHERE = "00000000-0000-4000-8000-000000000000"
FILE = {"contextType": "file", "name": "a.py", "file_path": "a.py", "body": "x = 1\n"}
TREE = {"contextType": "directory tree", "name": "src", "file_path": "src", "body": "src/a.py\n"}
URL = {"contextType": "url", "name": "e.test", "url": "https://e.test", "body": "A page.\n"}
MAP = {
    "contextType": "map",
    "name": "cwd",
    "file_path": ".",
    "mapBodies": {"a.py": "def f()", "b.go": ""},
    "inputShas": {"a.py": "1", "b.go": "2"},
    "inputTokens": {"a.py": 3, "b.go": 0},
    "inputSizes": {"a.py": 12, "b.go": 0},
}
CONFIG = {"autoMode": "custom", "autoContinue": True, "autoBuild": False, "autoDebugTries": 3}
MODEL = {
    "modelId": "diff/model",
    "publisher": "diff",
    "description": "A model",
    "defaultMaxConvoTokens": 75000,
    "maxTokens": 200000,
    "maxOutputTokens": 16000,
    "reservedOutputTokens": 8000,
    "preferredOutputFormat": "xml",
    "providers": [{"provider": "custom", "customProvider": "diff", "modelName": "bench-planner"}],
}


def play_all(play: Play, models_url: str) -> None:
    accounts(play)
    orgs(play)
    projects(play)
    models(play, models_url)
    plans(play)
    branches(play)
    context(play)
    history(play)
    runs(play)
    mistakes(play)


def accounts(play: Play) -> None:
    email = f"diff-{uuid4().hex[:8]}@differential.test"
    verification = {"email": email, "userId": "", "requireUser": False, "requireNoUser": False}
    play.call("GET", "/health")
    play.call("GET", "/version")
    play.call("POST", "/accounts/email_verifications", verification, situation="new")
    account = {"email": email, "pin": "", "userName": "Dora Different"}
    play.call("POST", "/accounts", account, keep=lambda value: {"token": value["token"]})
    for side in (play.reference, play.ours):
        side.known["email"] = email
        side.token = side.known["token"]
    play.call("POST", "/accounts", account, situation="taken")
    play.call("POST", "/accounts/email_verifications", verification, situation="known")
    play.call("GET", "/orgs", situation="none yet")
    play.call(
        "POST",
        "/orgs",
        {"name": "Different Org", "autoAddDomainUsers": False},
        keep=lambda value: {"orgId": value["id"]},
    )
    for side in (play.reference, play.ours):
        side.org_id = side.known["orgId"]
    play.call("POST", "/accounts/sign_in", {"email": email, "pin": "", "isSignInCode": False})
    nobody = {"email": "nobody@differential.test", "pin": "", "isSignInCode": False}
    play.call("POST", "/accounts/sign_in", nobody, situation="unknown")
    check = {"email": email, "pin": "aaaaaa"}
    play.call("POST", "/accounts/email_verifications/check_pin", check, situation="wrong")
    play.call("POST", "/accounts/sign_in_codes", keep=lambda value: {"code": value})
    by_code = "/accounts/sign_in"
    play.call("POST", by_code, _code, situation="by code")
    play.call("POST", by_code, _code, situation="by a used code")


def _code(known: dict[str, Any]) -> dict[str, Any]:
    return {"email": "", "pin": known["code"], "isSignInCode": True}


def orgs(play: Play) -> None:
    play.call("GET", "/orgs")
    play.call("GET", "/orgs/session")
    play.call("GET", "/orgs/roles")
    for path in ("/users", "/invites/pending", "/invites/accepted", "/invites/all"):
        play.call("GET", path, situation="local mode")
    invite = {"email": "new@differential.test", "name": "New", "orgRoleId": NOWHERE}
    play.call("POST", "/invites", invite, situation="local mode")
    for path in (f"/invites/{NOWHERE}", f"/orgs/users/{NOWHERE}"):
        play.call("DELETE", path, situation="local mode")
    play.call("GET", "/org_user_config")
    config = {"promptedClaudeMax": True, "useClaudeSubscription": False}
    play.call("PUT", "/org_user_config", config)
    play.call("GET", "/org_user_config", situation="set")
    play.call("GET", "/default_plan_config")
    play.call("PUT", "/default_plan_config", {"config": CONFIG})
    play.call("GET", "/default_plan_config", situation="set")
    play.call("PUT", "/default_plan_config", {"config": None})


def projects(play: Play) -> None:
    play.call("GET", "/projects", situation="none yet")
    play.call("POST", "/projects", {"name": "code"}, keep=lambda v: {"projectId": v["id"]})
    play.call("GET", "/projects")
    play.call("PUT", "/projects/{projectId}/rename", {"name": "renamed"})
    play.call("POST", "/projects", {"name": ""}, situation="no name")
    play.call("PUT", f"/projects/{NOWHERE}/rename", {"name": "x"}, situation="unknown")


def models(play: Play, models_url: str) -> None:
    for path in ("/model_sets", "/custom_models", "/custom_providers"):
        play.call("GET", path, situation="none yet")
    provider = {"name": "diff", "baseUrl": models_url, "skipAuth": True}
    roles = [
        MODEL | {"modelId": f"diff/{role}", "providers": [_use(role)]} for role in ROLES.values()
    ]
    pack = {"name": "diff", "description": "A pack", **{k: f"diff/{v}" for k, v in ROLES.items()}}
    state = {"models": roles, "providers": [provider], "modelPacks": [pack]}
    play.call("POST", "/custom_models", state)
    play.call("GET", "/model_sets", keep=lambda found: {"setId": found[0]["id"]})
    play.call("GET", "/custom_models", keep=lambda found: {"modelId": _first_model(found)})
    play.call("GET", "/custom_providers", keep=lambda found: {"providerId": found[0]["id"]})
    play.call("GET", "/custom_models/{modelId}")
    play.call("GET", "/custom_providers/{providerId}")
    play.call("GET", f"/custom_models/{NOWHERE}", situation="unknown")
    play.call("POST", "/model_sets", pack)
    play.call("PUT", "/model_sets/{setId}", pack)
    built_in = MODEL | {"modelId": "openai/gpt-4.1"}
    wrong: dict[str, Any] = {
        "duplicates": {"models": [*roles, roles[0]]},
        "a built-in model": {"models": [built_in]},
        "a built-in pack": {"modelPacks": [pack | {"name": "strong"}]},
        "an unknown model": {"modelPacks": [pack | {"planner": "no/model"}]},
        "an unknown provider": {"models": [MODEL | {"providers": [_use("x", "nowhere")]}]},
        "no name": {"providers": [provider | {"name": ""}]},
    }
    for situation, change in wrong.items():
        play.call("POST", "/custom_models", state | change, situation=situation)
    play.call("GET", "/default_settings")
    play.call("PUT", "/default_settings", {"modelPackName": "diff", "modelPack": None})
    play.call("GET", "/default_settings", situation="set")
    play.call("PUT", "/default_settings", {}, situation="nothing")


def _first_model(found: list[dict[str, Any]]) -> str:
    """The same one on both sides, which list them in their own order."""
    return str(min(found, key=lambda model: str(model["modelId"]))["id"])


def _use(role: str, provider: str = "diff") -> dict[str, str]:
    return {"provider": "custom", "customProvider": provider, "modelName": f"bench-{role}"}


def plans(play: Play) -> None:
    made = "/projects/{projectId}/plans"
    play.call("GET", "/plans?projectId={projectId}", situation="none yet")
    play.call("POST", made, {"name": ""}, situation="draft")
    play.call("POST", made, {"name": "one"}, keep=lambda value: {"planId": value["id"]})
    play.call("POST", made, {"name": "one"}, situation="taken")
    play.call("GET", "/plans?projectId={projectId}")
    play.call("GET", "/plans", situation="no project")
    play.call("GET", "/plans/archive?projectId={projectId}", situation="none yet")
    play.call("GET", "/plans/ps?projectId={projectId}&recent=true", situation="none yet")
    play.call("GET", "/plans/ps", situation="no project")
    play.call("GET", f"/plans/ps?projectId={NOWHERE}", situation="unknown project")
    play.call("GET", "/plans/{planId}")
    play.call("PATCH", "/plans/{planId}/rename", {"name": "first"})
    play.call("PATCH", "/plans/{planId}/rename", {"name": ""}, situation="no name")
    play.call("PATCH", "/plans/{planId}/archive")
    play.call("PATCH", "/plans/{planId}/archive", situation="again")
    play.call("GET", "/plans/archive?projectId={projectId}")
    play.call("PATCH", "/plans/{planId}/unarchive")
    play.call("PATCH", "/plans/{planId}/unarchive", situation="again")
    play.call("GET", "/plans/{planId}/config")
    play.call("PUT", "/plans/{planId}/config", {"config": CONFIG})
    play.call("GET", "/plans/{planId}/config", situation="set")
    play.call("PUT", "/projects/{projectId}/set_plan", lambda known: {"planId": known["planId"]})
    play.call(
        "POST",
        "/projects/{projectId}/plans/current_branches",
        lambda known: {"currentBranchByPlanId": {known["planId"]: "main"}},
    )
    play.call("GET", f"/plans/{NOWHERE}", situation="unknown")
    play.call("POST", f"/projects/{NOWHERE}/plans", {"name": "x"}, situation="unknown")
    play.call("DELETE", f"/plans/{NOWHERE}", situation="unknown")
    play.call("GET", "/plans/{planId}/main/convo", situation="empty")
    play.call("GET", "/plans/{planId}/main/logs", situation="empty")
    play.call("GET", "/plans/{planId}/main/status", situation="empty")
    play.call("GET", "/plans/{planId}/main/diffs", situation="empty")
    play.call("GET", "/plans/{planId}/main/context", situation="empty")
    play.call("GET", "/plans/{planId}/main/current_plan", situation="empty")
    play.call("GET", "/plans/{planId}/main/settings")
    play.call("PUT", "/plans/{planId}/main/settings", {"modelPackName": "strong"})
    play.call("PUT", "/plans/{planId}/main/settings", {"modelPackName": "diff"})
    play.call("PUT", "/plans/{planId}/main/settings", {"modelPackName": "diff"}, situation="again")
    play.call("GET", "/plans/{planId}/main/settings", situation="set")


def branches(play: Play) -> None:
    play.call("GET", "/plans/{planId}/branches")
    play.call("POST", "/plans/{planId}/main/branches", {"name": "side"})
    play.call("POST", "/plans/{planId}/main/branches", {"name": "side"}, situation="taken")
    play.call("POST", "/plans/{planId}/main/branches", {"name": "a b"}, situation="a blank")
    play.call("GET", "/plans/{planId}/branches", situation="two")
    play.call("DELETE", "/plans/{planId}/branches/main", situation="main")
    play.call("DELETE", "/plans/{planId}/branches/side")
    play.call("DELETE", "/plans/{planId}/branches/nowhere", situation="unknown")
    play.call("GET", "/plans/{planId}/nowhere/convo", situation="unknown branch")


def context(play: Play) -> None:
    path = "/plans/{planId}/main/context"
    play.call("POST", path, [FILE])
    play.call("POST", path, [TREE], situation="a tree")
    play.call("POST", path, [URL], situation="a page")
    play.call("POST", path, [FILE], situation="loaded already")
    play.call(
        "POST", "/file_map", {"mapInputs": {"a.py": "def f():\n    return 1\n", "b.txt": "b"}}
    )
    many = {f"{number}.py": "" for number in range(501)}
    play.call("POST", "/file_map", {"mapInputs": many}, situation="a large batch")
    cached = "/plans/{planId}/main/load_cached_file_map"
    play.call("POST", cached, {"filePaths": ["."]}, situation="none")
    play.call("POST", path, [MAP], situation="a map")
    play.call("GET", path, keep=lambda found: {"contextId": _named(found, "a.py")})
    play.call("GET", "/plans/{planId}/main/context/{contextId}/body")
    body = {"body": "x = 2\ny = 3\n"}
    play.call("PUT", path, lambda known: {known["contextId"]: body})
    play.call("PUT", path, {NOWHERE: body}, situation="unknown")
    play.call("POST", path, [FILE | {"name": "gone.py", "file_path": "gone.py"}], situation="third")
    play.call("GET", path, keep=lambda found: {"goneId": _named(found, "gone.py")})
    play.call("DELETE", path, lambda known: {"ids": {known["goneId"]: True}})
    play.call("DELETE", path, {"ids": {NOWHERE: True}}, situation="unknown")
    play.call("GET", f"/plans/{{planId}}/main/context/{NOWHERE}/body", situation="unknown")
    play.call("GET", "/plans/{planId}/main/current_plan", situation="with context")


def _named(found: list[dict[str, Any]], name: str) -> str:
    return next(str(item["id"]) for item in found if item["name"] == name)


def history(play: Play) -> None:
    play.call("GET", "/plans/{planId}/main/logs", keep=lambda value: {"sha": value["shas"][1]})
    play.call("GET", "/plans/{planId}/current_plan/{sha}")
    play.call("PATCH", "/plans/{planId}/main/rewind", lambda known: {"sha": known["sha"]})
    play.call("GET", "/plans/{planId}/main/context", situation="rewound")
    play.call("PATCH", "/plans/{planId}/main/rewind", {"sha": "feedfeed"}, situation="unknown")
    play.call("GET", "/plans/{planId}/current_plan/feedfeed", situation="unknown")
    play.call("PATCH", "/plans/{planId}/main/reject_all", situation="nothing pending")


def runs(play: Play) -> None:
    """A reply that makes a file, its build, review, apply and rejection."""
    path = "/plans/{planId}/main"
    play.tell(f"{path}/tell", _tell("script:one"))
    play.call("GET", f"{path}/convo", situation="after a reply")
    play.call("GET", f"{path}/status", situation="after a reply")
    play.call("GET", f"{path}/current_plan", situation="pending")
    play.call("GET", f"{path}/diffs?plain=true", situation="pending")
    play.call("GET", "/plans/ps?projectId={projectId}&recent=true", situation="recent")
    play.call("PATCH", f"{path}/build", {"connectStream": False}, situation="nothing to build")
    play.call("DELETE", f"{path}/stop", situation="nothing runs")
    play.call("PATCH", f"{path}/connect", situation="nothing runs")
    play.call("GET", f"{path}/build_status", situation="nothing to build")
    answer = {"choice": "skip", "filePath": "a.py", "body": ""}
    play.call("POST", f"{path}/respond_missing_file", answer, situation="nothing runs")
    play.call("POST", f"{path}/auto_load_context", [FILE], situation="nothing runs")
    play.call("PATCH", f"{path}/apply", {"authVars": {}, "sessionId": ""})
    play.call("GET", f"{path}/current_plan", situation="applied")
    play.call("GET", f"{path}/context", situation="applied")
    play.call("GET", f"{path}/logs", situation="applied")
    play.tell(f"{path}/tell", _tell("script:two"))
    play.call("PATCH", f"{path}/reject_file", {"filePath": "two.py"})
    play.call("GET", f"{path}/current_plan", situation="rejected")
    play.call("PATCH", f"{path}/reject_files", {"paths": ["two.py"]}, situation="rejected already")
    play.call("GET", "/plans?projectId={projectId}", situation="after replies")
    play.call("GET", "/plans/{planId}/branches", situation="after replies")


def _tell(prompt: str) -> dict[str, Any]:
    return {
        "prompt": prompt,
        "buildMode": "auto",
        "connectStream": True,
        "autoContinue": True,
        "authVars": {},
        "projectPaths": {"a.py": True},
        "isGitRepo": False,
    }


def mistakes(play: Play) -> None:
    play.call("GET", "/nowhere", situation="unknown path")
    play.call("POST", "/orgs/session", situation="wrong method")
    for method, path in (
        ("POST", "/accounts/sign_in"),
        ("POST", "/projects"),
        ("POST", "/projects/{projectId}/plans"),
        ("PATCH", "/plans/{planId}/rename"),
        ("PUT", "/plans/{planId}/config"),
        ("PUT", "/plans/{planId}/main/settings"),
        ("POST", "/plans/{planId}/main/context"),
        ("PATCH", "/plans/{planId}/main/rewind"),
        ("POST", "/custom_models"),
        ("POST", "/file_map"),
    ):
        play.call(method, path, b"{", situation="no JSON")
    play.call("DELETE", "/plans/{planId}")
    play.call("GET", "/plans/{planId}", situation="deleted")
    play.call("DELETE", "/projects/{projectId}/plans")
    play.call("POST", "/accounts/sign_out")
    play.call("GET", "/orgs", situation="signed out")
