"""JSON Schemas of the types that describe bodies, gathered as components."""

from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from plandex_server.api.body import NEEDED

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"


class Shapes:
    """Components by name. Types of answers lose the ending `Json`; types that are sent and are no
    request by name get the ending `Input`, since what is sent may leave out more."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def answer(self, kind: Any) -> Schema:
        """The schema of a body that the server writes; `kind` may be a union of shapes."""
        if get_origin(kind) in (Union, UnionType):
            return {"anyOf": [self.answer(option) for option in get_args(kind)]}
        return self._schema(kind, sent=False)

    def request(self, kind: Any) -> Schema:
        """The schema of a body that a client sends."""
        return self._schema(kind, sent=True)

    def _schema(self, kind: Any, *, sent: bool) -> Schema:
        (schema,), found = msgspec.json.schema_components(
            [kind], ref_template=_PREFIX + "{name}", schema_hook=_of_anything
        )
        names = {name: _name(name, sent=sent) for name in found}
        for name, component in found.items():
            made: Schema = _renamed(component, names)
            self._add(names[name], _as_sent(made) if sent else _as_answered(made))
        renamed: Schema = _renamed(schema, names)
        return renamed

    def _add(self, name: str, component: Schema) -> None:
        component.pop("title", None)
        known = self.components.setdefault(name, component)
        assert known == component, f"two shapes are named {name}"


def _of_anything(kind: type) -> Schema:
    """`object`, the only type here that msgspec does not know, holds anything."""
    assert kind is object, kind
    # msgspec takes an empty schema for none at all.
    return {"description": "Anything."}


def _name(name: str, *, sent: bool) -> str:
    name = name.removesuffix("Json").lstrip("_")
    return f"{name}Input" if sent and not name.endswith(("Request", "Body")) else name


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _PREFIX + names.get(item.removeprefix(_PREFIX), item.removeprefix(_PREFIX))
            if key == "$ref"
            else _renamed(item, names)
            for key, item in value.items()
        }
    return [_renamed(item, names) for item in value] if isinstance(value, list) else value


def _as_answered(component: Schema) -> Schema:
    """What is written needs no defaults."""
    for field in component.get("properties", {}).values():
        field.pop("default", None)
    return component


def _as_sent(component: Schema) -> Schema:
    """Sent fields may be null, which is as good as leaving them out, unless they are needed."""
    fields = component.get("properties", {})
    needed = [name for name, field in fields.items() if field.pop(NEEDED, False)]
    for name in fields.keys() - set(needed):
        fields[name] = _nullable(fields[name])
    for name in needed:
        fields[name].pop("default", None)
        if "anyOf" in fields[name]:
            fields[name]["anyOf"].remove({"type": "null"})
    if needed:
        component["required"] = sorted({*component.get("required", ()), *needed})
    return component


def _nullable(field: Schema) -> Schema:
    default = {"default": field.pop("default")} if "default" in field else {}
    options = field.pop("anyOf") if set(field) == {"anyOf"} else [field]
    if {"type": "null"} not in options:
        options = [*options, {"type": "null"}]
    return {"anyOf": options, **default}
