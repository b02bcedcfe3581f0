"""The API description: true to the specification, valid, and open to everyone."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema import Draft202012Validator

from plandex_server.api.schema import camel
from tests.execution.runs.exchange import Exchange
from tests.wire.client import ApiClient, Reply, StrictClient
from tests.wire.described import description

DATA = Path(__file__).parents[1] / "data"
DECISION = settings.BASE_DIR / "docs" / "decisions" / "0014-differences.md"
OPERATIONS: list[dict[str, Any]] = json.loads((DATA / "api_operations.json").read_text())
SHAPES: dict[str, Any] = json.loads((DATA / "api_shapes.json").read_text())


def described() -> dict[str, dict[str, Any]]:
    """The operations by `METHOD /path`."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    }


def listed() -> set[str]:
    """The first column of the decision's table, of its rows about the specification."""
    table = DECISION.read_text().split("| --- | --- | --- |\n")[1].split("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines()]
    assert all(len(row) == 3 and row[2].strip() for row in rows), "each difference has its reason"
    assert {row[1] for row in rows} == {"specification", "Go server"}
    return {row[0].strip("`") for row in rows if row[1] == "specification"}


def differences() -> Iterator[str]:
    mine = described()
    for wanted in OPERATIONS:
        name = f"{wanted['method']} {wanted['path']}"
        found = mine.pop(name, None)
        if found is None:
            yield f"{name}: missing"
            continue
        yield from _operation_differences(name, wanted, found)
    for name in mine:
        yield f"{name}: added"
    for name, shape in SHAPES.items():
        found_shape = description()["components"]["schemas"].get(name, {})
        for key, wanted in shape["properties"].items():
            yield from _field_differences(f"{name}.{key}", wanted, found_shape, key)


def _operation_differences(
    name: str, wanted: dict[str, Any], found: dict[str, Any]
) -> Iterator[str]:
    if found["operationId"] != wanted["operationId"]:
        yield f"{name}: operationId {found['operationId']}"
    if found["tags"] != [wanted["tag"]]:
        yield f"{name}: tags {found['tags']}"
    in_path = {one["name"] for one in found["parameters"] if one.get("in") == "path"}
    if in_path != set(re.findall(r"{(\w+)}", wanted["path"])):
        yield f"{name}: path parameters {in_path}"
    codes = {code for code in found["responses"] if code < "400"}
    yield from (f"{name}: {code} added" for code in codes - set(wanted["responses"]))
    yield from (f"{name}: {code} missing" for code in set(wanted["responses"]) - codes)
    if len(codes) < len(found["responses"]):
        yield "every operation: error answers"
    medias = {media for code in codes for media in found["responses"][code].get("content", {})}
    if wanted["contentType"] and medias != {wanted["contentType"]}:
        yield f"{name}: media types {medias}"
    if len(medias) > 1:
        yield from (f"{name}: {media} added" for media in medias - {"application/json"})


def _field_differences(
    name: str, wanted: dict[str, Any], shape: dict[str, Any], key: str
) -> Iterator[str]:
    field = shape.get("properties", {}).get(key)
    if field is None:
        yield f"{name}: missing"
        return
    if key not in shape.get("required", ()):
        yield f"{name}: may be missing"
    options = [_resolved(option) for option in field.get("anyOf", [field])]
    types = {option.get("type", "string" if "enum" in option else None) for option in options}
    if "null" in types and not wanted.get("nullable"):
        yield f"{name}: may be null"
    if types - {"null"} != {wanted["type"]}:
        yield f"{name}: type {types}"
    formats = {option.get("format") for option in options if option.get("type") != "null"}
    if formats != {wanted.get("format")}:
        yield f"{name}: format {formats}"
    values = {value for option in options for value in option.get("enum", ())}
    if values != set(wanted.get("enum", ())):
        yield f"{name}: values {sorted(values)}"


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = description()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return found


def test_it_differs_from_the_specification_only_where_the_decision_says_so() -> None:
    assert len(OPERATIONS) == 80
    assert set(differences()) == listed()


def test_every_route_is_described() -> None:
    def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
        for pattern in resolver.url_patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield re.sub(r"<\w+:(\w+)>", lambda found: "{" + camel(found[1]) + "}", path)
            else:
                yield from routes(pattern, path)

    api = {path for path in routes(get_resolver()) if not path.startswith("/admin")}
    assert api == set(description()["paths"])


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for operation in described().values()]
    assert len(ids) == len(set(ids))


def test_its_frame_is_openapi() -> None:
    root = description()
    assert root["openapi"] == "3.1.0"
    assert set(root) >= {"info", "paths", "components", "tags", "servers"}
    assert set(root["info"]) >= {"title", "version"}
    tags = {tag["name"] for tag in root["tags"]}
    for name, operation in described().items():
        assert set(operation["tags"]) <= tags, name
        assert operation["description"], name
        for response in operation["responses"].values():
            assert "description" in _at(response), name


def test_its_schemas_are_json_schema() -> None:
    schemas = list(_schemas(description()))
    assert len(schemas) > 200
    for schema in schemas:
        Draft202012Validator.check_schema(schema)


def _schemas(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield from (part[key] for key in ("schema", "x-message") if key in part)
        yield from part["schemas"].values() if isinstance(part.get("schemas"), dict) else ()
        for value in part.values():
            yield from _schemas(value)
    elif isinstance(part, list):
        for value in part:
            yield from _schemas(value)


def test_its_references_lead_somewhere() -> None:
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(description())))
    assert len(references) > 80
    for reference in references:
        assert _at({"$ref": reference})


def _at(part: dict[str, Any]) -> Any:
    found: Any = part
    if "$ref" in part:
        found = description()
        for key in part["$ref"].removeprefix("#/").split("/"):
            found = found[key]
    return found


def test_who_has_to_sign_in() -> None:
    is_open = {name for name, operation in described().items() if operation["security"] == []}
    assert is_open == {
        "GET /health",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "GET /version",
        "GET /schema",
        "GET /docs",
        "POST /accounts/email_verifications",
        "POST /accounts/email_verifications/check_pin",
        "POST /accounts/sign_in",
        "POST /accounts",
    }


def test_streams_name_their_messages() -> None:
    for name in ("POST .../tell", "PATCH .../build", "PATCH .../connect"):
        operation = described()[name.replace("...", "/plans/{planId}/{branch}")]
        schema = operation["responses"]["200"]["content"]["text/plain"]["schema"]
        assert schema["x-message"] == {"$ref": "#/components/schemas/StreamMessage"}


def test_headers_are_described() -> None:
    parameters = described()["GET /projects"]["parameters"]
    named = [_at(parameter)["name"] for parameter in parameters]
    assert named == ["X-Client-Version", "X-Org-Id"]


def test_the_schema_is_served_as_json_and_yaml() -> None:
    api = ApiClient()
    assert api.get("/schema").json == description()
    reply = api.get("/schema?format=yaml")
    assert reply.headers["Content-Type"].startswith("application/yaml")
    assert yaml.safe_load(reply.body) == description()
    accepting = api.django.get("/schema", headers={"Accept": "application/yaml"})
    assert accepting.content == reply.body


def test_the_page_is_served_without_anything_from_elsewhere() -> None:
    assert not settings.DEBUG
    page = ApiClient().get("/docs").text
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(files) == 2
    sources = [page]
    for file in files:
        found = finders.find(file.removeprefix("/static/"))
        assert isinstance(found, str)
        sources.append(Path(found).read_text())
        assert ApiClient().get(file).status == 200
    assert not [source for source in sources if re.search(r"(https?:)?//[a-z]", source)]


def test_only_reading_is_allowed() -> None:
    for path in ("/health", "/version", "/schema", "/docs"):
        assert ApiClient().post(path, status=405).headers["Allow"] == "GET, HEAD"
        assert (
            StrictClient().post(path, status=405).text == "The method is not allowed here: POST.\n"
        )


def test_head_has_no_body() -> None:
    async def head() -> Reply:
        return await Exchange("HEAD", "/schema", {}, b"").reply()

    reply = asyncio.run(head())
    assert (reply.status, reply.body) == (200, b"")
