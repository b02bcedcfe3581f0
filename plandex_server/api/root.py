"""The parts of the API description that belong to no single operation."""

from dataclasses import dataclass
from typing import Any

from plandex_server import API_VERSION
from plandex_server.api.dialect import CLIENT_VERSION_HEADER
from plandex_server.api.exceptions import CliErrorJson, ErrorJson
from plandex_server.api.shapes import Schema, Shapes

ABOUT = """\
Drives long-running coding plans across orgs, projects, plans and branches: context, conversation,
model packs, configuration, and runs whose replies are streamed.

**Two dialects.** A request with the header `X-Client-Version` speaks the CLI dialect, any other the
API dialect. They differ in the form of errors and in a few answers; where they do, an answer's
schema lists the API dialect's form first.

**Sign-in.** `Authorization: Bearer <token>` with the token of `POST /accounts/sign_in`. Users of
several orgs name one in `X-Org-Id`. 401: no valid token, or no member of the org; 404: the id is
unknown or out of reach; 403: the permission is missing.

**Bodies.** Keys are matched in any case, unknown keys are ignored, and null counts as not sent.

**Streams.** `tell`, `build` and `connect` answer with frames: a StreamMessage as JSON, or the word
`heartbeat`, each followed by `@@PX@@`. After the first byte an error is a message of the stream.
"""

_TAGS = {
    "Accounts": "User account, email verification, and authentication operations.",
    "Orgs": "Organization and role membership management.",
    "Users": "User listing and removal within an org.",
    "Invites": "Invite users into an org and manage pending invites.",
    "Projects": "Project containers that group plans, mapped to a working directory.",
    "Plans": "Long-running, branchable units of AI coding work over loaded context.",
    "Context": "Files, directory trees, URLs, notes, and images loaded into a plan.",
    "Conversation": "Prompts, responses, and rewind history within a plan branch.",
    "Branches": "Per-plan branches for parallel exploration and diffing.",
    "Diffs": "Per-file pending changes, apply, and reject operations.",
    "Settings": "Per-plan model settings, default settings, and org/user config.",
    "Models": "Model packs, custom models, custom providers, default settings.",
    "FileMap": "Project map generation and cached map loading.",
    "Execution": "Streaming connect, build, tell, and stop endpoints for plan execution.",
    "Billing": "What the models cost, and the org's budget.",
    "Health": "Operational health, version and description endpoints.",
}


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    name: str
    meaning: str


ERROR_RESPONSES = {
    400: ErrorResponse("BadRequest", "The request can't be read, or says what makes no sense."),
    401: ErrorResponse("Unauthorized", "No valid token, or no member of the org."),
    403: ErrorResponse("Forbidden", "The permission is missing."),
    404: ErrorResponse("NotFound", "An id is unknown or out of reach."),
    409: ErrorResponse("Conflict", "Something else stands in the way; the message says what."),
    413: ErrorResponse("TooLarge", "The body is too large."),
    422: ErrorResponse("Unprocessable", "The request is well formed and can't be done."),
    429: ErrorResponse("TooManyRequests", "Too many attempts, or the queue is full."),
}

PARAMETERS: Schema = {
    "ClientVersion": {
        "name": CLIENT_VERSION_HEADER,
        "in": "header",
        "description": "The CLI's version; asks for the CLI dialect.",
        "schema": {"type": "string"},
        "example": "2.2.1",
    },
    "CheckedClientVersion": {
        "name": CLIENT_VERSION_HEADER,
        "in": "header",
        "description": "The CLI's version, 2.2.0 or later, or `development`: the CLI dialect.",
        "schema": {
            "type": "string",
            "pattern": r"^(|development|v?(2\.([2-9]|[1-9]\d+)|[3-9]|[1-9]\d+)(\.\d+)*([-+].*)?)$",
        },
        "example": "2.2.1",
    },
    "OrgId": {
        "name": "X-Org-Id",
        "in": "header",
        "description": "The org to act in; needed by users of several orgs.",
        "schema": {"type": "string", "format": "uuid"},
    },
}

_SECURITY: Schema = {
    "BearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The token of a sign-in. The CLI sends it in an envelope of its own.",
    }
}

_ERROR_CONTENT: Schema = {
    "application/json": {
        "schema": {
            "anyOf": [
                {"$ref": "#/components/schemas/Error"},
                {"$ref": "#/components/schemas/CliError"},
            ]
        }
    },
    "text/plain": {"schema": {"type": "string"}},
}


def error_shapes(shapes: Shapes) -> None:
    shapes.answer(ErrorJson)
    shapes.answer(CliErrorJson)


SPECTACULAR: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Plandex Server API",
    "DESCRIPTION": ABOUT,
    "VERSION": API_VERSION,
    "LICENSE": {"name": "MIT"},
    "TAGS": [{"name": name, "description": text} for name, text in _TAGS.items()],
    "SERVERS": [{"url": "/", "description": "This server"}],
    "APPEND_COMPONENTS": {
        "securitySchemes": _SECURITY,
        "parameters": PARAMETERS,
        "responses": {
            error.name: {"description": error.meaning, "content": _ERROR_CONTENT}
            for error in ERROR_RESPONSES.values()
        },
    },
    "POSTPROCESSING_HOOKS": [],
    "SORT_OPERATIONS": False,
    "SCHEMA_PATH_PREFIX": "",
}
"""drf-spectacular's settings while it describes this API."""
