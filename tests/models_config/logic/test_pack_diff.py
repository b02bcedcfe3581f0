from typing import Any

import pytest

from models_config.logic.pack_diff import pack_changes
from tests.models_config.logic.samples import pack_make

A, B = "openai/o3-high", "openai/gpt-4.1"


def role(**keys: Any) -> dict[str, Any]:
    return {"modelId": A, **keys}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({}, {}, []),
        ({}, {"name": "other", "description": "x"}, []),
        ({}, {"planner": B}, [f"planner.model-id | {A} → {B}"]),
        ({}, {"planner": role(temperature=0.5)}, ["planner.temperature | none → 0.5"]),
        ({}, {"planner": role(temperature=0.3)}, []),
        (
            {"namer": role(temperature=0.9, topP=1)},
            {"namer": role(temperature=0.1)},
            ["namer.temperature | 0.9 → 0.1", "namer.top-p | 1 → none"],
        ),
        (
            {"planner": role(largeContextFallback="google/gemini-2.5-pro")},
            {},
            ["planner.large-context-fallback | google/gemini-2.5-pro → none"],
        ),
        ({}, {"localProvider": "ollama"}, ["local-provider |  → ollama"]),
        ({"wholeFileBuilder": B}, {}, [f"whole-file-builder | {B} → none"]),
        ({}, {"contextLoader": B, "coder": B}, [f"coder | none → {B}", f"architect | none → {B}"]),
        (
            {},
            {"planner": role(reservedOutputTokens=5, maxConvoTokens=6)},
            [
                "planner.reserved-output-tokens | none → 5",
                "planner.max-convo-tokens | none → 6",
            ],
        ),
        (
            {"builder": role(strongModel=role(errorFallback=B))},
            {"builder": role(strongModel=role(errorFallback=role(topP=0.2)))},
            [
                f"builder.strong-model.error-fallback.model-id | {B} → {A}",
                "builder.strong-model.error-fallback.top-p | none → 0.2",
            ],
        ),
    ],
)
def test_changes(old: dict[str, Any], new: dict[str, Any], changes: list[str]) -> None:
    assert pack_changes(pack_make(A, **old), pack_make(A, **new)) == changes


def test_order_of_roles() -> None:
    every = ("coder", "wholeFileBuilder", "contextLoader")
    changes = pack_changes(
        pack_make(A, **dict.fromkeys(every, A)), pack_make(B, **dict.fromkeys(every, B))
    )
    assert [line.split(".")[0] for line in changes] == [
        "planner",
        "coder",
        "plan-summary",
        "builder",
        "whole-file-builder",
        "namer",
        "commit-msg",
        "exec-status",
        "architect",
    ]
