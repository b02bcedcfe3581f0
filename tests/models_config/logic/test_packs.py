from typing import Any

import pytest

from models_config.logic.builtin_packs import builtin_packs, default_pack
from models_config.logic.catalog import RoleId
from models_config.logic.org_models import OrgModels
from models_config.logic.pack_input import pack_from_json, role_from_json
from models_config.logic.pack_json import (
    pack_to_api,
    pack_to_client,
    pack_to_schema,
    pack_to_wire,
    roles_to_wire,
    same_pack,
    schema_hash,
    short_float,
)
from models_config.logic.refusals import BadShape, Refused
from tests.models_config.logic.samples import pack_body, pack_make, read

BUILT_IN = {pack["name"]: pack for pack in read("builtin_packs.json")}


def test_packs_are_the_clients_in_its_order() -> None:
    assert list(builtin_packs()) == list(BUILT_IN)
    assert default_pack().name == "daily-driver"


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_pack(name: str) -> None:
    pack = builtin_packs()[name]
    assert roles_to_wire(pack) == BUILT_IN[name]["roles"]
    assert pack.local_provider == BUILT_IN[name]["localProvider"]
    assert OrgModels().unknown_models(pack) == ()
    # The digest covers order, compaction and omitted defaults of the schema form.
    assert schema_hash(pack) == BUILT_IN[name]["schemaRolesSha256"]


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("form", [pack_to_wire, pack_to_schema, pack_to_client, pack_to_api])
def test_every_form_reads_back(name: str, form: Any) -> None:
    pack = builtin_packs()[name]
    read_back = pack_from_json(form(pack))
    assert same_pack(read_back, pack)
    assert roles_to_wire(read_back) == roles_to_wire(pack)


def test_schema_form_drops_defaults_and_keeps_the_rest() -> None:
    role = {
        "modelId": "openai/o3-high",
        "temperature": 0.3,
        "topP": 0.9,
        "reservedOutputTokens": 100,
        "maxConvoTokens": 7,
        "strongModel": {"modelId": "openai/gpt-4.1", "temperature": 0.30000001192092896},
    }
    schema = pack_to_schema(pack_make(planner=role))
    assert schema["planner"] == {
        "modelId": "openai/o3-high",
        "topP": 0.9,
        "reservedOutputTokens": 100,
        "maxConvoTokens": 7,
        "strongModel": "openai/gpt-4.1",
    }
    assert schema["builder"] == "openai/o3-high"
    assert "coder" not in schema


def test_convo_tokens_belong_to_the_planner_alone() -> None:
    role = {"modelId": "a", "maxConvoTokens": 9, "errorFallback": {"modelId": "b"}}
    wire = pack_to_wire(pack_make(planner=role, builder=role))
    assert wire["planner"]["maxConvoTokens"] == 9
    fallback = wire["planner"]["errorFallback"]
    assert fallback is not None
    assert "maxConvoTokens" not in fallback
    assert "maxConvoTokens" not in wire["builder"]
    assert wire["coder"] is None


def test_fallbacks_take_the_defaults_of_their_role() -> None:
    config = role_from_json({"modelId": "a", "largeOutputFallback": "b"}, RoleId.NAMES)
    assert config.large_output_fallback is not None
    assert (config.large_output_fallback.temperature, config.large_output_fallback.top_p) == (
        0.8,
        0.5,
    )


def test_a_row_from_before_2_2_0_names_its_model_in_the_base_config() -> None:
    old = {"role": "builder", "baseModelConfig": {"modelId": "openai/gpt-4.1"}, "temperature": 0}
    config = role_from_json(old, RoleId.BUILDER)
    assert (config.model_id, config.temperature) == ("openai/gpt-4.1", 0)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (pack_body(planner=None), "has no model for the planner role"),
        (pack_body(execStatus=""), "has no model for the auto-continue role"),
        (pack_body(builder={"temperature": 1}), "The builder role has no model id"),
    ],
)
def test_a_required_role_is_missing(body: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        pack_from_json(body)


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        {"name": 1},
        pack_body(planner=3),
        pack_body(planner={"modelId": 3}),
        pack_body(planner={"modelId": "a", "temperature": "hot"}),
        pack_body(planner={"modelId": "a", "temperature": 1e39}),
        pack_body(planner={"modelId": "a", "reservedOutputTokens": -1}),
        pack_body(planner={"modelId": "a", "maxConvoTokens": 2**60}),
        pack_body(roles=[]),
    ],
)
def test_a_wrong_shape(body: object) -> None:
    with pytest.raises(BadShape):
        pack_from_json(body)


def test_fallbacks_end_somewhere() -> None:
    role: dict[str, Any] = {"modelId": "a"}
    for _ in range(11):
        role = {"modelId": "a", "errorFallback": role}
    with pytest.raises(Refused, match="nested too deep"):
        pack_from_json(pack_body(planner=role))
    pack_from_json(pack_body(planner=role["errorFallback"]))


def test_api_form_shows_effective_ids() -> None:
    api = pack_to_api(pack_make("openai/o3-high", builder="openai/gpt-4.1"))
    assert api["coder"] == api["contextLoader"] == "openai/o3-high"
    assert api["verifier"] == "openai/gpt-4.1"
    assert api["summarizer"] == "openai/o3-high"
    assert api["roles"]["coder"] is None


def test_api_update_keeps_roles_that_are_not_sent() -> None:
    before = default_pack()
    after = pack_from_json({"name": "x", "planner": "openai/o3-high"}, before)
    assert after.planner.model_id == "openai/o3-high"
    assert after.planner.large_context_fallback is None
    assert after.builder == before.builder


def test_api_update_with_the_ids_it_read_changes_nothing() -> None:
    before = pack_make(planner={"modelId": "a", "temperature": 1, "errorFallback": "b"})
    sent = {key: value for key, value in pack_to_api(before).items() if key != "roles"}
    assert pack_from_json(sent, before) == before


def test_roles_win_over_the_short_form() -> None:
    sent = {
        "planner": "openai/o3-high",
        "roles": {"planner": {"modelId": "openai/o3-low"}, "coder": None},
    }
    after = pack_from_json(sent, default_pack())
    assert after.planner.model_id == "openai/o3-low"
    assert after.coder is None


def test_optional_roles_fall_back() -> None:
    pack = pack_make("a", builder="b")
    assert pack.role(RoleId.CODER) is pack.planner
    assert pack.role(RoleId.ARCHITECT) is pack.planner
    assert pack.role(RoleId.WHOLE_FILE_BUILDER) is pack.builder


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9, "0.9"),
        (0.8999999761581421, "0.9"),
        (1.0, "1"),
        (0.0, "0"),
        (1 / 3, "0.33333334"),
        (-3.4028234663852886e38, "-3.4028235e+38"),
    ],
)
def test_short_float(value: float, text: str) -> None:
    assert short_float(value) == text
