"""The form of a model pack: for each role its model, its parameters and its fallbacks.

A fallback's own parameters and fallbacks stay while its model stays; a newly chosen one begins
with the role's defaults.
"""

from collections.abc import Iterator
from typing import Any

from django import forms

from models_config.logic.builtin_packs import default_pack
from models_config.logic.catalog import Role, RoleId, builtin_models, builtin_providers, roles
from models_config.logic.pack_json import FALLBACKS, role_to_wire, short_float
from models_config.logic.packs import ROLE_FIELDS, ModelPack, RoleConfig
from models_config.models import CustomModel, CustomPack
from models_config.selectors import custom_pack_row, org_registry, pack_value
from models_config.services.registry import pack_create, pack_update
from plandex_server.admin.base import ServiceForm
from plandex_server.admin.scoping import scoped
from plandex_server.admin.widgets import NumberInput, Select, TextInput

MODEL_LIST = "known-models"
_FALLBACK_LABELS = {
    "large_context_fallback": "When the input is too large",
    "large_output_fallback": "When the output is too large",
    "error_fallback": "After errors",
    "strong_model": "For hard cases",
}


def name_of(role: RoleId, part: str) -> str:
    """The form field of one part of a role."""
    return f"{ROLE_FIELDS[role]}__{part}"


def role_rows(role: RoleId) -> list[tuple[str, ...] | str]:
    """The role's fields, in the rows in which its tab shows them."""
    limits = ["reserved_output_tokens"]
    if role is RoleId.PLANNER:
        limits.append("max_convo_tokens")
    fallbacks = list(FALLBACKS)
    rows = [["model_id"], ["temperature", "top_p"], limits, fallbacks[:2], fallbacks[2:]]
    return [tuple(name_of(role, part) for part in row) for row in rows]


class PackForm(ServiceForm[CustomPack]):
    local_provider = forms.ChoiceField(
        required=False,
        choices=[
            ("", "None: models are reached over the network"),
            *((one.id, one.id) for one in builtin_providers().values() if one.local_only),
        ],
        widget=Select(),
        help_text="A pack for models that run on the user's own machine.",
    )

    class Meta:
        model = CustomPack
        fields = ("org", "name", "description", "local_provider")
        widgets = {"description": TextInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        self._before = default_pack() if is_new else pack_value(self.instance)
        for role in roles().values():
            self.fields.update(_role_fields(role, self._before.own_role(role.id)))

    @property
    def known_models(self) -> list[str]:
        """What the inputs offer while someone types."""
        if self.instance.org_id:
            custom = org_registry(self.instance.org_id).models.models_by_id
            return [*builtin_models(), *custom]
        rows = scoped(self.request, CustomModel.objects.all(), "org")
        return [*builtin_models(), *sorted(set(rows.values_list("model_id", flat=True)))]

    def clean(self) -> dict[str, Any]:
        org_id = self._org_id()
        if org_id:
            known = org_registry(org_id).models
            for name, value in self._chosen_models():
                if not known.knows_model(value):
                    self.add_error(name, f"{value} is neither built in nor one of the org's models")
        return super().clean()

    def perform(self, data: dict[str, Any]) -> CustomPack:
        raw = {
            "name": data["name"],
            "description": data["description"],
            "localProvider": data["local_provider"],
            "roles": {info.pack_key: self._role_json(data, role) for role, info in roles().items()},
        }
        if self.instance._state.adding:
            pack, org_id = pack_create(org=data["org"], raw=raw), data["org"].pk
        else:
            org_id = self.instance.org_id
            pack = pack_update(org=self.instance.org, set_id=self.instance.pk, raw=raw)
        return custom_pack_row(org_id=org_id, set_id=pack.id)

    def _org_id(self) -> str:
        if not self.instance._state.adding:
            return self.instance.org_id
        org = self.cleaned_data.get("org")
        return org.pk if org else ""

    def _chosen_models(self) -> Iterator[tuple[str, str]]:
        for role in roles():
            for part in ("model_id", *FALLBACKS):
                name = name_of(role, part)
                if self.cleaned_data.get(name):
                    yield name, self.cleaned_data[name]

    def _role_json(self, data: dict[str, Any], role: RoleId) -> dict[str, Any] | None:
        model_id = data[name_of(role, "model_id")]
        if not model_id:
            return None
        before = self._before.own_role(role)
        built: dict[str, Any] = {
            "modelId": model_id,
            "temperature": data[name_of(role, "temperature")],
            "topP": data[name_of(role, "top_p")],
            "reservedOutputTokens": data[name_of(role, "reserved_output_tokens")] or 0,
        }
        if role is RoleId.PLANNER:
            built["maxConvoTokens"] = data[name_of(role, "max_convo_tokens")] or 0
        for field, key in FALLBACKS.items():
            chosen = data[name_of(role, field)]
            kept: RoleConfig | None = getattr(before, field, None)
            if kept is not None and kept.model_id == chosen:
                built[key] = role_to_wire(kept, top=False)
            else:
                built[key] = chosen or None
        return built


def _role_fields(role: Role, config: RoleConfig | None) -> dict[str, forms.Field]:
    stands_in = "" if role.fallback_role is None else f" Empty: the {role.fallback_role}'s model."
    fields: dict[str, forms.Field] = {
        "model_id": _model_field(
            "Model", config.model_id if config else "", required=not role.optional
        )
    }
    fields["model_id"].help_text = role.purpose + stands_in
    for part, label in (("temperature", "Temperature"), ("top_p", "Top P")):
        default = getattr(role, f"default_{part}")
        fields[part] = forms.FloatField(
            label=label,
            required=False,
            min_value=0,
            max_value=2 if part == "temperature" else 1,
            initial=_shown(getattr(config, part, None)),
            widget=NumberInput(attrs={"step": "any"}),
            help_text=f"Empty: {default}",
        )
    fields["reserved_output_tokens"] = _count_field(
        "Reserved output tokens", config.reserved_output_tokens if config else 0
    )
    if role.id is RoleId.PLANNER:
        fields["max_convo_tokens"] = _count_field(
            "Max conversation tokens", config.max_convo_tokens if config else 0
        )
    for part, label in _FALLBACK_LABELS.items():
        fallback: RoleConfig | None = getattr(config, part, None)
        field = _model_field(label, fallback.model_id if fallback else "", required=False)
        field.help_text = _and_then(fallback)
        fields[part] = field
    return {name_of(role.id, part): field for part, field in fields.items()}


def _model_field(label: str, initial: str, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        initial=initial,
        required=required,
        max_length=255,
        widget=TextInput(attrs={"list": MODEL_LIST, "autocomplete": "off"}),
    )


def _count_field(label: str, initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=2**31,
        initial=initial or None,
        widget=NumberInput(),
        help_text="Empty: the model's own",
    )


def _shown(value: float | None) -> str:
    return "" if value is None else short_float(value)


def _and_then(fallback: RoleConfig | None) -> str:
    """The fallbacks of a fallback, which stay with it."""
    if fallback is None:
        return ""
    further = [model_id for model_id in fallback.model_ids() if model_id != fallback.model_id]
    return f"then {', '.join(further)}" if further else ""


def pack_summary(pack: ModelPack) -> list[tuple[str, str]]:
    """Each role's label and models, for pages that only show a pack."""
    shown = []
    for role in ROLE_FIELDS:
        config = pack.own_role(role)
        models = " → ".join(config.model_ids()) if config else f"as {roles()[role].fallback_role}"
        shown.append((roles()[role].label, models))
    return shown
