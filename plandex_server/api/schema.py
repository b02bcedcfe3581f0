"""The API description: drf-spectacular's walk over the routes, our declarations and shapes.

Imported at the first request for the description only.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, cast

import uritemplate
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.settings import patched_settings
from rest_framework.views import APIView

from plandex_server.api.describe import Answer, Description, Parameter, description_of
from plandex_server.api.root import ERROR_RESPONSES, SPECTACULAR, error_shapes
from plandex_server.api.shapes import Schema, Shapes

STREAM_MEDIA_TYPES = ("text/plain",)


class DescribedView(APIView):
    """A view during the walk."""

    described: Description
    shapes: Shapes


class Enumerator(EndpointEnumerator):
    """Finds the plain functions too that have a description."""

    def should_include_endpoint(self, path: str, callback: Callable[..., Any]) -> bool:
        included: bool = super().should_include_endpoint(path, callback)
        return included or description_of(callback) is not None

    def get_allowed_methods(self, callback: Callable[..., Any]) -> list[str]:
        described = description_of(callback)
        if described is not None:
            return [described.method]
        methods: list[str] = super().get_allowed_methods(callback)
        return sorted(methods)


class Generator(SchemaGenerator):
    endpoint_inspector_cls = Enumerator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shapes = Shapes()

    def create_view(self, callback: Any, method: str, request: Any = None) -> APIView:
        described = description_of(callback)
        if described is None:
            view = cast(DescribedView, super().create_view(callback, method, request))
            described = _described_action(view)
        else:
            # The walk needs a DRF view; only its description is looked at.
            view = DescribedView()
        view.described, view.shapes = described, self.shapes
        return view

    def coerce_path(self, path: str, method: str, view: APIView) -> str:
        return re.sub(r"{(\w+)}", lambda found: "{" + camel(found[1]) + "}", path)

    def get_schema(self, request: Any = None, public: bool = True) -> dict[str, Any]:
        with patched_settings(SPECTACULAR):
            schema: dict[str, Any] = super().get_schema(request, public)
        return schema

    def parse(self, input_request: Any, public: bool) -> dict[str, Any]:
        error_shapes(self.shapes)
        paths: dict[str, Any] = super().parse(input_request, public)
        for name, schema in self.shapes.components.items():
            self.registry.register_on_missing(
                ResolvedComponent(
                    name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name
                )
            )
        return paths


def _described_action(view: Any) -> Description:
    described = description_of(getattr(view, view.action))
    assert described is not None, f"{type(view).__name__}.{view.action} has no description"
    return described


def camel(name: str) -> str:
    """`plan_id` → `planId`."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


class DescribedSchema(AutoSchema):
    """An operation as its declaration says."""

    @property
    def described(self) -> Description:
        return cast(DescribedView, self.view).described

    @property
    def shapes(self) -> Shapes:
        return cast(DescribedView, self.view).shapes

    def get_operation_id(self) -> str:
        return self.described.operation_id

    def get_tags(self) -> list[str]:
        return [self.described.tag]

    def get_summary(self) -> str:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.described.operation_id)
        return words[0].upper() + words[1:]

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        return self.described.meaning

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [] if self._is_open else [{"BearerAuth": []}]

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None and self._is_open:
            operation["security"] = []
        return operation

    def _get_parameters(self) -> list[Schema]:
        in_path = [_path_parameter(name) for name in uritemplate.variables(self.path)]
        is_checked = self.described.checks_version
        version = "CheckedClientVersion" if is_checked else "ClientVersion"
        headers = [_reference("parameters", version)]
        if self._needs_org:
            headers.append(_reference("parameters", "OrgId"))
        return [*in_path, *map(_parameter, self.described.parameters), *headers]

    def _get_request_body(self, direction: str = "request") -> Schema | None:
        if self.described.body is None:
            return None
        schema = self.shapes.request(self.described.body)
        return {
            "content": {"application/json": {"schema": schema}},
            "required": not self.described.body_is_optional,
        }

    def _get_response_bodies(self, direction: str = "response") -> Schema:
        answers = {
            str(status): self._answer(answer) for status, answer in self.described.returns.items()
        }
        errors = {
            str(status): _reference("responses", ERROR_RESPONSES[status].name)
            for status in sorted(self._error_statuses())
        }
        return answers | errors

    def _error_statuses(self) -> Iterable[int]:
        statuses = set(self.described.errors)
        if not self._is_open:
            statuses |= {400, 401, 429}
        if "{" in self.path:
            statuses.add(404)
        if self.described.body is not None:
            statuses |= {400, 413}
        return statuses

    def _answer(self, answer: Answer) -> Schema:
        content: Schema = {}
        if answer.json is not None:
            kinds = [answer.json] if answer.cli is None else [answer.json, answer.cli]
            schemas = [self.shapes.answer(kind) for kind in kinds]
            content["application/json"] = {
                "schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
            }
        if answer.text is not None:
            content[answer.media] = {"schema": {"type": "string"}, "example": answer.text}
        if answer.stream is not None:
            frames = {"type": "string", "x-message": self.shapes.answer(answer.stream)}
            content |= {media: {"schema": frames} for media in STREAM_MEDIA_TYPES}
        made: Schema = {"description": answer.meaning}
        return made | ({"content": content} if content else {})

    @property
    def _is_open(self) -> bool:
        return self.described.is_open or not self.view.authentication_classes

    @property
    def _needs_org(self) -> bool:
        return not self._is_open and all(
            getattr(kind, "needs_org", False) for kind in self.view.authentication_classes
        )


def _path_parameter(name: str) -> Schema:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parameter(parameter: Parameter) -> Schema:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "description": parameter.meaning,
        "schema": dict(parameter.schema),
    }


def _reference(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}
