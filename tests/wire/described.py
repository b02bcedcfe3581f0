"""Holds answers against the API description that the server publishes."""

import json
import re
from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from jsonschema import Draft202012Validator

from plandex_server.api.schema import Generator, camel

Schema = dict[str, Any]


# Tests call from several threads; drf-spectacular walks in one at a time.
_walking = Lock()


def description() -> Schema:
    with _walking:
        return _description()


@cache
def _description() -> Schema:
    found: Schema = json.loads(json.dumps(Generator().get_schema()))
    return found


def template_of(path: str) -> str | None:
    """The description's path of a request's path, as the routes decide."""
    try:
        route: str = resolve(urlsplit(path).path).route
    except Resolver404:
        return None
    return "/" + re.sub(r"<\w+:(\w+)>", _placeholder, route)


def _placeholder(found: re.Match[str]) -> str:
    return "{" + camel(found[1]) + "}"


def check_described(
    method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    """Fails for an answer that the description does not hold."""
    template = template_of(path)
    operation = description()["paths"].get(template, {}).get(method.lower())
    if operation is None or status >= 500:
        return
    where = f"{method} {template} → {status}"
    assert str(status) in operation["responses"], f"{where} is not described"
    content = _resolved(operation["responses"][str(status)]).get("content", {})
    media = headers.get("Content-Type", "").partition(";")[0]
    if not body:
        return
    assert media in content, f"{where}: {media} is not described"
    if media == "application/json":
        errors = list(_validator(template or "", method, status).iter_errors(json.loads(body)))
        said = [(list(error.path), error.message[:300]) for error in errors]
        assert not errors, f"{where}: {said}"


@cache
def _validator(template: str, method: str, status: int) -> Draft202012Validator:
    """Kept, because to look references up for the first time takes long."""
    response = description()["paths"][template][method.lower()]["responses"][str(status)]
    schema = _resolved(response)["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": description()["components"]})


def _resolved(part: Schema) -> Schema:
    if "$ref" not in part:
        return part
    found: Any = description()
    for key in part["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    resolved: Schema = found
    return resolved
