"""What the API description says of an endpoint, written beside its view.

`plandex_server.api.schema` turns these declarations into OpenAPI; nothing else reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

_ATTRIBUTE = "_api_description"


@dataclass(frozen=True, slots=True)
class Answer:
    """One success: what it means, and its body.

    `json` is the type of the body, `cli` the one that the CLI gets where that differs; `text` is
    an example of a plain text, or `media` of another one; `stream` is the type of a stream's
    messages.
    """

    meaning: str
    json: Any = None
    cli: Any = None
    text: str | None = None
    media: str = "text/plain"
    stream: Any = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter or, `where="header"`, a header; all are optional."""

    name: str
    meaning: str
    schema: Mapping[str, Any]
    where: str = "query"


@dataclass(frozen=True, slots=True)
class Description:
    operation_id: str
    tag: str
    meaning: str
    method: str
    body: Any
    body_is_optional: bool
    returns: Mapping[int, Answer]
    errors: frozenset[int]
    parameters: tuple[Parameter, ...]
    is_open: bool
    checks_version: bool


def describes(
    operation_id: str,
    tag: str,
    meaning: str,
    *,
    returns: Mapping[int, Answer | str],
    body: Any = None,
    body_is_optional: bool = False,
    errors: tuple[int, ...] = (),
    parameters: tuple[Parameter, ...] = (),
    method: str = "",
    is_open: bool = False,
    checks_version: bool = False,
) -> Callable[[View], View]:
    """Declares an endpoint.

    In `returns` a bare text stands for an answer without a body. `errors` are the statuses beyond
    those that follow from the sign-in, the path and the body. Views that are plain functions name
    their `method`, and say by `is_open` that they ask for no sign-in. `checks_version`: a CLI that
    is too old is refused.
    """
    description = Description(
        operation_id=operation_id,
        tag=tag,
        meaning=meaning,
        method=method,
        body=body,
        body_is_optional=body_is_optional,
        returns={
            status: Answer(answer) if isinstance(answer, str) else answer
            for status, answer in returns.items()
        },
        errors=frozenset(errors),
        parameters=parameters,
        is_open=is_open,
        checks_version=checks_version,
    )

    def decorate(view: View) -> View:
        setattr(view, _ATTRIBUTE, description)
        return view

    return decorate


def description_of(view: Callable[..., Any]) -> Description | None:
    found: Description | None = getattr(view, _ATTRIBUTE, None)
    return found
