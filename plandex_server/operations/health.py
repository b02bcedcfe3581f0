"""The health report: its shape, and which parts it is about."""

from collections.abc import Mapping

import msgspec

from plandex_server import VERSION
from plandex_server.errors import BadRequest
from plandex_server.operations.parts import probes
from plandex_server.operations.probes import Part, Probe, State, worst

_encode = msgspec.json.Encoder().encode


class PartJson(msgspec.Struct, omit_defaults=True):
    status: State
    detail: str = ""
    ms: float | None = None


class HealthJson(msgspec.Struct):
    """The whole's state is the worst of its parts'."""

    status: State
    version: str
    parts: dict[str, PartJson]


def probes_chosen(names: str) -> dict[str, Probe]:
    """The probes of these parts, or of all; raises `BadRequest` for an unknown name."""
    known = probes()
    wanted = names.split(",") if names else list(known)
    if not known.keys() >= set(wanted):
        raise BadRequest(f"There is no such part; the parts are: {', '.join(known)}.")
    return {name: known[name] for name in wanted}


def is_failed(parts: Mapping[str, Part]) -> bool:
    return worst(parts.values()) is State.FAILED


def health_bytes(parts: Mapping[str, Part]) -> bytes:
    shown = {name: PartJson(part.state, part.detail, part.ms) for name, part in parts.items()}
    return _encode(HealthJson(worst(parts.values()), VERSION, shown))
