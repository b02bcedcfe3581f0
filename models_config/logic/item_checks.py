"""What one custom model or provider must have to be usable. The CLI's own editor checks this too;
other clients may not."""

from models_config.logic.catalog import CUSTOM_PROVIDER, UsesProvider, builtin_providers
from models_config.logic.org_models import CustomModel, CustomProvider, OrgModels
from models_config.logic.refusals import Refused

OUTPUT_FORMATS = ("xml", "tool-call-json")
REASONING_EFFORTS = ("", "low", "medium", "high")
# Numbers beyond this are not exact in every client's JSON.
MAX_COUNT = 2**53


def check_provider(provider: CustomProvider) -> None:
    """Refuse a provider that no request could be sent to."""
    name = provider.name
    if not provider.base_url.startswith(("http://", "https://")):
        raise Refused(f"Provider {name} needs a baseUrl that starts with http:// or https://")
    if any(not extra.var for extra in provider.extra_auth_vars):
        raise Refused(f"Provider {name} has an auth variable without a name")
    if not (provider.api_key_env_var or provider.extra_auth_vars or provider.skip_auth):
        raise Refused(f"Provider {name} needs an apiKeyEnvVar, extraAuthVars, or skipAuth: true")


def check_uses(model: CustomModel, after: OrgModels) -> None:
    """Refuse a model with providers that are neither built in nor in `after`."""
    for used in model.providers:
        if used.provider == CUSTOM_PROVIDER:
            _check_custom_use(model.model_id, used, after)
        elif used.provider not in builtin_providers():
            raise Refused(f"'{used.provider}' is not a built-in model provider")
        elif used.custom_provider is not None:
            raise Refused(f"Model {model.model_id} names a custom provider for {used.provider}")


def _check_custom_use(model_id: str, used: UsesProvider, after: OrgModels) -> None:
    if not used.custom_provider:
        raise Refused(f"Model {model_id} has a custom provider without a name")
    if used.custom_provider not in after.providers_by_name:
        raise Refused(
            f"'{used.custom_provider}' is not a custom model provider "
            "that exists or is being imported"
        )


def check_model(model: CustomModel) -> None:
    """Refuse a model that is served nowhere or whose limits leave no room."""
    if not model.providers:
        raise Refused(f"Model {model.model_id} has no provider")
    for used in model.providers:
        if not used.model_name:
            raise Refused(f"Model {model.model_id} has no modelName for {used.composite}")
    _check_counts(model)
    if model.preferred_output_format not in OUTPUT_FORMATS:
        formats = " or ".join(OUTPUT_FORMATS)
        raise Refused(f"Model {model.model_id} needs a preferredOutputFormat of {formats}")
    if model.reasoning_effort not in REASONING_EFFORTS:
        raise Refused(f"Model {model.model_id} needs a reasoningEffort of low, medium or high")


def _check_counts(model: CustomModel) -> None:
    counts = {
        "defaultMaxConvoTokens": model.default_max_convo_tokens,
        "maxTokens": model.max_tokens,
        "maxOutputTokens": model.max_output_tokens,
        "reservedOutputTokens": model.reserved_output_tokens,
    }
    for key, count in counts.items():
        if not 0 < count <= MAX_COUNT:
            raise Refused(f"Model {model.model_id} needs a positive {key}")
    if model.reserved_output_tokens >= model.max_tokens:
        raise Refused(f"Model {model.model_id} reserves its whole window for output")
    if not 0 <= model.reasoning_budget <= MAX_COUNT:
        raise Refused(f"Model {model.model_id} needs a reasoningBudget that is not negative")
    if not 0 <= model.token_estimate_padding_pct <= 10:
        raise Refused(f"Model {model.model_id} needs a tokenEstimatePaddingPct from 0 to 10")
