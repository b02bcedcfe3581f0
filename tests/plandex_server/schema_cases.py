"""Writes a sample of what schemathesis makes of the API description: bodies that it allows and
bodies that it forbids, some of each for every operation that takes one.

    python -m tests.plandex_server.schema_cases

What schemathesis makes differs from process to process, so the suite reads what was written here.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CASES = Path(__file__).parents[1] / "data" / "schema_cases.jsonl"
OF_EACH = 4
TRIED = 16


def written() -> Iterator[tuple[str, object]]:
    """Operation ids and bodies."""
    for line in CASES.read_text().splitlines():
        name, body = json.loads(line)
        yield name, body


def main() -> None:
    lines = [
        json.dumps([name, body])
        for name, operation in _operations().items()
        for body in _bodies(operation)
    ]
    CASES.write_text("".join(f"{line}\n" for line in lines))


def _operations() -> dict[str, Any]:
    import schemathesis
    from schemathesis.core.result import Ok

    from tests.wire.described import description

    schema = schemathesis.openapi.from_dict(description())
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    return {one.definition.raw["operationId"]: one for one in found if one.body}


def _bodies(operation: Any) -> Iterator[object]:
    """The shortest."""
    from schemathesis import GenerationMode

    for mode in GenerationMode:
        texts = {json.dumps(body) for body in _made(operation, mode)}
        yield from map(json.loads, sorted(texts, key=lambda text: (len(text), text))[:OF_EACH])


def _made(operation: Any, mode: Any) -> Iterator[object]:
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.core import NotSet
    from schemathesis.core.parameters import ParameterLocation

    found: list[object] = []

    @settings(
        max_examples=TRIED,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        part = case.meta.components.get(ParameterLocation.BODY)
        if part is not None and part.mode is mode and not isinstance(case.body, NotSet | bytes):
            found.append(case.body)

    collect()
    yield from found


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.test")
    django.setup()
    main()
