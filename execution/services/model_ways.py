"""The ways to an answer: the right model for the size, and where to turn after a failure."""

import math
from dataclasses import dataclass, replace

from execution.clients.cooldown import Cooldown
from execution.logic.chat_messages import ChatMessage
from execution.logic.fallbacks import Action, Attempts, Decision
from execution.logic.model_errors import ModelError, unsupported
from execution.logic.prompts.answers import AnswerForm
from execution.services.turns import RunModels
from models_config.logic.catalog import RoleId
from models_config.logic.credentials import (
    Credentials,
    NoCredentials,
    ProviderChoice,
    choose_provider,
    fallback_provider,
)
from models_config.logic.limits import role_for_input, role_for_output
from models_config.logic.packs import RoleConfig
from models_config.logic.provider_auth import BadCredential


@dataclass(frozen=True, slots=True)
class Ask:
    """One call. Sizes are token estimates; `output_tokens` chooses a model by its reserve.
    `seconds` is the limit of the whole call, with all that is tried again. Without a word is a
    failure where it `must_speak`."""

    role: RoleId
    messages: tuple[ChatMessage, ...]
    purpose: str
    stop: tuple[str, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    form: AnswerForm | None = None
    strong: bool = False
    seconds: float = math.inf
    streams: bool = False
    must_speak: bool = False


@dataclass(slots=True)
class Attempt:
    config: RoleConfig
    choice: ProviderChoice
    cache: bool = True


class Ways:
    """Those of one caller with the models that its branch has now."""

    def __init__(self, models: RunModels, credentials: Credentials, cooldown: Cooldown) -> None:
        self._models = models
        self._credentials = credentials
        self._cooldown = cooldown

    def first(self, ask: Ask) -> Attempt:
        config = self._models.pack.role(ask.role)
        if ask.strong and config.strong_model is not None:
            config = config.strong_model
        config = role_for_input(config, ask.input_tokens, self._models.org)
        if ask.output_tokens:
            config = role_for_output(config, ask.output_tokens, self._models.org)
        return Attempt(config, self._provider(config.model_id))

    def _provider(self, model_id: str) -> ProviderChoice:
        models = self._models
        try:
            return choose_provider(
                model_id, models.org, self._credentials, models.pack.local_provider
            )
        except (NoCredentials, BadCredential) as problem:
            raise unsupported(str(problem)) from None

    def _other_provider(self, choice: ProviderChoice) -> ProviderChoice | None:
        models = self._models
        try:
            return fallback_provider(
                choice, models.org, self._credentials, models.pack.local_provider
            )
        except BadCredential:
            return None

    def not_resting(self, attempt: Attempt) -> Attempt:
        """Another way to the answer while the provider rests, if there is one."""
        cooldown = self._cooldown
        if cooldown.admits(attempt.choice):
            return attempt
        other = self._other_provider(attempt.choice)
        if other is not None and not cooldown.is_resting(other):
            return replace(attempt, choice=other)
        fallback = attempt.config.error_fallback
        if fallback is not None:
            try:
                choice = self._provider(fallback.model_id)
            except ModelError:
                return attempt
            if not cooldown.is_resting(choice):
                return Attempt(fallback, choice)
        return attempt

    def opened(self, attempts: Attempts, attempt: Attempt) -> Attempts:
        """The fallbacks that the model of this attempt has."""
        config = attempt.config
        return replace(
            attempts,
            has_large_context_fallback=self._can_call(config.large_context_fallback),
            has_error_fallback=self._can_call(config.error_fallback),
            has_provider_fallback=self._other_provider(attempt.choice) is not None,
        )

    def _can_call(self, config: RoleConfig | None) -> bool:
        """Whether there is such a model, with credentials: without them its own refusal would
        hide why it was turned to."""
        if config is None:
            return False
        try:
            self._provider(config.model_id)
        except ModelError:
            return False
        return True

    def following(self, attempt: Attempt, decision: Decision) -> tuple[Attempt, Attempts]:
        config = attempt.config
        match decision.action:
            case Action.WITHOUT_CACHE:
                return replace(attempt, cache=False), decision.attempts
            case Action.PROVIDER_FALLBACK:
                other = self._other_provider(attempt.choice)
                assert other is not None, "the way was open"
                return Attempt(config, other), decision.attempts
            case Action.LARGE_CONTEXT_FALLBACK:
                fallback = config.large_context_fallback
            case Action.ERROR_FALLBACK:
                fallback = config.error_fallback
            case _:
                return attempt, decision.attempts
        assert fallback is not None, "the way was open"
        following = Attempt(fallback, self._provider(fallback.model_id))
        return following, self.opened(decision.attempts, following)
