"""Holds answers against the API description that the server publishes."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from jsonschema import Draft202012Validator

from plandex_server.api.schema import Generator, camel

Schema = dict[str, Any]


@cache
def description() -> Schema:
    found: Schema = json.loads(json.dumps(Generator().get_schema()))
    return found


def template_of(path: str) -> str | None:
    """The description's path of a request's path, as the routes decide."""
    try:
        route = str(resolve(urlsplit(path).path).route)
    except Resolver404:
        return None
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: "{" + camel(found[1]) + "}", route)


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
        _check(where, json.loads(body), content[media]["schema"])


def _resolved(part: Schema) -> Schema:
    if "$ref" not in part:
        return part
    found: Any = description()
    for key in part["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    resolved: Schema = found
    return resolved


def _check(where: str, value: object, schema: Schema) -> None:
    whole = {**schema, "components": description()["components"]}
    errors = list(Draft202012Validator(whole).iter_errors(value))
    assert not errors, f"{where}: {[(list(error.path), error.message[:300]) for error in errors]}"
