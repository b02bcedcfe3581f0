from dataclasses import asdict

import pytest

from models_config.logic.builtin_packs import builtin_packs
from models_config.logic.catalog import RoleId
from models_config.logic.limits import (
    pack_limits,
    reserved_output_tokens,
    role_for_input,
    role_for_output,
)
from models_config.logic.org_models import OrgModels
from models_config.logic.pack_input import role_from_json
from models_config.logic.refusals import Refused
from tests.models_config.logic.samples import LLAMA, ORG, pack_make, read

# pack, planner input, architect input, coder input, whole-file input, conversation
TABLE = """
daily-driver        1991808 1991808 1014808 170000 15000
reasoning           160000  160000  160000  170000 15000
strong              160000  160000  160000  160000 15000
cheap               170000  170000  1014808 180000 10000
oss                 144000  144000  55808   144000 7500
ollama              32768   32768   32768   111616 5000
ollama-oss          144000  144000  55808   144000 7500
ollama-daily        1991808 1991808 1014808 170000 15000
anthropic           160000  160000  160000  160000 15000
openai              1014808 1014808 1014808 170000 75000
google              983041  983041  983041  983041 75000
gemini-planner      983041  983041  1014808 170000 75000
opus-planner        180000  180000  1014808 170000 15000
o3-planner          160000  160000  1014808 170000 15000
r1-planner          144000  144000  160000  180000 7500
perplexity-planner  97000   97000   160000  180000 7500
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_limits_of_built_in_packs(row: list[str]) -> None:
    limits = pack_limits(builtin_packs()[row[0]], OrgModels())
    assert [
        limits.planner_input,
        limits.architect_input,
        limits.coder_input,
        limits.whole_file_builder_input,
        limits.planner_max_convo_tokens,
    ] == [int(cell) for cell in row[1:]]


def test_the_table_and_the_data_name_the_same_packs() -> None:
    packs = read("builtin_packs.json")
    assert [row[0] for row in ROWS] == [pack["name"] for pack in packs]
    for pack in packs:
        limits = asdict(pack_limits(builtin_packs()[pack["name"]], OrgModels()))
        assert limits["planner_max_tokens"] == pack["effective"]["plannerMaxTokens"]
        reserved = pack["effective"]["plannerReservedOutputTokens"]
        assert limits["planner_reserved_output_tokens"] == reserved


def test_a_roles_own_numbers_win() -> None:
    planner = {"modelId": "openai/o3-high", "reservedOutputTokens": 1000, "maxConvoTokens": 77}
    limits = pack_limits(pack_make(planner=planner), OrgModels())
    assert (limits.planner_input, limits.planner_max_convo_tokens) == (199_000, 77)


def test_custom_models_count() -> None:
    limits = pack_limits(pack_make(LLAMA.model_id), ORG)
    assert (limits.planner_input, limits.planner_max_convo_tokens) == (1_032_576, 75_000)


def test_whole_file_reserve_comes_from_the_output_fallback() -> None:
    builder = {
        "modelId": "openai/o3-high",
        "largeContextFallback": "openai/gpt-4.1",
        "largeOutputFallback": "openai/o4-mini-medium",
    }
    config = role_from_json("openai/o4-mini-medium", RoleId.BUILDER)
    expected = 1_047_576 - reserved_output_tokens(config, OrgModels())
    assert pack_limits(pack_make(builder=builder), OrgModels()).whole_file_builder_input == expected


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(Refused, match="'gone/model' is not built-in"):
        pack_limits(pack_make("gone/model"), OrgModels())


CHAIN = builtin_packs()["daily-driver"].planner


@pytest.mark.parametrize(
    ("tokens", "model_id"),
    [
        (0, "anthropic/claude-sonnet-4"),
        # The window is 200 000; estimates for the model are padded by a tenth.
        (181_818, "anthropic/claude-sonnet-4"),
        (181_820, "google/gemini-2.5-pro"),
        (953_250, "google/gemini-2.5-pro"),
        (953_252, "google/gemini-pro-1.5"),
        (9_000_000, "google/gemini-pro-1.5"),
    ],
)
def test_role_for_input_compares_with_each_candidates_window(tokens: int, model_id: str) -> None:
    assert role_for_input(CHAIN, tokens, OrgModels()).model_id == model_id


@pytest.mark.parametrize(
    ("tokens", "model_id"),
    [
        (36_364, "anthropic/claude-sonnet-4"),
        (36_365, "google/gemini-2.5-pro"),
        (70_000, "openai/gpt-4.1"),
    ],
)
def test_role_for_output(tokens: int, model_id: str) -> None:
    config = role_from_json(
        {
            "modelId": "anthropic/claude-sonnet-4",
            "largeContextFallback": "openai/o3-high",
            "largeOutputFallback": {
                "modelId": "google/gemini-2.5-pro",
                "largeContextFallback": "openai/gpt-4.1",
            },
        },
        RoleId.BUILDER,
    )
    assert role_for_output(config, tokens, OrgModels()).model_id == model_id
