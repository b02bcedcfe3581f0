"""What the CLI demands of an answer: its shape, and the form of errors."""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from tests.wire.endpoints import Text, answer_of
from tests.wire.kinds import INT, TEXT, Obj, Refused
from tests.wire.logs import check_logs

# The CLI re-sends any request, a tell too, after these.
_RETRIED = frozenset({502, 503, 504})
# Every other JSON error ends the CLI's process without the caller seeing it, as is meant where
# local mode manages no people.
_JSON_ERRORS = frozenset(
    {"invalid_token", "auth_outdated", "trial_action_not_allowed", "continue_no_messages"}
)
_ENDING = re.compile(r"\w+ (/users|/invites|/orgs/users/)\S* → 403")


def check_reply(
    method: str,
    path: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    request: object = None,
) -> None:
    """Refuses an answer that the CLI could not work with."""
    where = f"{method} {path} → {status}"
    if status in _RETRIED:
        raise Refused(f"{where}: the CLI re-sends its request after this status")
    if status >= 400:
        _check_error(where, status, headers, body)
        return
    if status >= 300 or status < 200:
        raise Refused(f"{where}: not an answer the CLI expects")
    answer = answer_of(method, path)
    if not isinstance(answer, Text):
        value = _decoded(where, body)
        answer.check(value, where)
        _check_meaning(where, path, value, request)


def _decoded(where: str, body: bytes) -> object:
    if not body:
        raise Refused(f"{where}: the CLI decodes JSON here, and an empty body is EOF")
    try:
        return json.loads(body)
    except ValueError:
        raise Refused(f"{where}: {body[:200]!r} is not JSON") from None


def _check_error(where: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    content_type = headers.get("Content-Type", "")
    if content_type == "application/json":
        _check_json_error(where, status, body)
    elif not content_type.startswith("text/plain"):
        raise Refused(f"{where}: the CLI would print this {content_type} as it is: {body[:200]!r}")
    elif not body.strip():
        raise Refused(f"{where}: an error without a word")
    elif body.lstrip().startswith((b"{", b"<")):
        raise Refused(f"{where}: {body[:200]!r} is not a sentence")


def _check_json_error(where: str, status: int, body: bytes) -> None:
    Obj({"type": TEXT, "status": INT, "msg": TEXT}).check(_decoded(where, body), where)
    error = json.loads(body)
    ends_rightly = error["type"] == "other" and _ENDING.fullmatch(where)
    if error["type"] not in _JSON_ERRORS and not ends_rightly:
        raise Refused(f"{where}: a JSON error of type {error['type']!r} ends the CLI's process")
    if error["status"] != status:
        raise Refused(f"{where}: the body says {error['status']}")
    if not error["msg"].strip() or "%" in error["msg"].replace("%%", ""):
        raise Refused(f"{where}: the CLI uses {error['msg']!r} as a format string")


def _check_meaning(where: str, path: str, value: object, request: object) -> None:
    """Rules that need more than a shape."""
    last = urlsplit(path).path.rsplit("/", 1)[-1]
    if last == "logs":
        assert isinstance(value, dict)
        check_logs(value["shas"], value["body"])
    elif last == "current_branches":
        assert isinstance(value, dict)
        wanted = request.get("currentBranchByPlanId", {}) if isinstance(request, dict) else {}
        missing = sorted(set(wanted) - set(value))
        if missing:
            raise Refused(f"{where}: the CLI crashes on plans without a branch: {missing}")
