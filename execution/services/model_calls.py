"""Calling a run's models: the right one for the size, again or another one after a failure."""

import asyncio
import math
import random
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from execution.clients.base import Delta, ModelClient, ModelRequest, Tool
from execution.logic import failure_texts as texts
from execution.logic.chat_messages import ChatMessage
from execution.logic.fallbacks import Action, Attempts, Decision, next_attempt
from execution.logic.model_errors import ModelError, connection_error, unsupported
from execution.logic.prompts.answers import AnswerForm
from execution.models import ModelCall
from execution.observed import call_ended
from execution.services.metering import CHARS_PER_TOKEN, CallFacts, Meter
from execution.services.spending import Admitted
from execution.services.turns import RunModels
from models_config.logic.catalog import RoleId, builtin_providers
from models_config.logic.credentials import (
    BadCredential,
    Credentials,
    NoCredentials,
    ProviderChoice,
    choose_provider,
    fallback_provider,
)
from models_config.logic.limits import role_for_input, role_for_output
from models_config.logic.packs import RoleConfig
from models_config.logic.prices import price_of

FIRST_TOKEN_S = 90.0
"""Per 150,000 tokens of the request: reading them takes a provider this long at worst."""
FIRST_TOKEN_STEP = 150_000
FIRST_TOKEN_MAX_S = 15 * 60.0
"""Also the limit of local models, which may have to be loaded first."""
NEXT_CHUNK_S = 60.0
LOCAL_PATIENCE = 6.0
"""Models that need no key run on somebody's own machine, which may be this much slower."""
NUL = "\0"
"""PostgreSQL takes no text with it, and one chunk that is refused would hold up all that is
written together with it."""
USAGE_S = 10.0
"""Usage comes right after the end; a provider that sends none is not waited for."""

_FINISHING = frozenset(
    {RoleId.NAMES, RoleId.COMMIT_MESSAGES, RoleId.AUTO_CONTINUE, RoleId.SUMMARIZER}
)
"""Small calls that finish what a reply has begun: a budget that is reached does not stop them."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One call. Sizes are token estimates; `output_tokens` chooses a model by its reserve.
    `seconds` is the limit of the whole call, with all that is tried again."""

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


@dataclass(slots=True)
class _Attempt:
    config: RoleConfig
    choice: ProviderChoice
    cache: bool = True


class Caller(Protocol):
    """On whose behalf models are called: a run, or a request that needs one answer."""

    credentials: Credentials
    calls: list[ModelCall]
    org_id: str

    async def begin(self, call: ModelCall, *, must_fit: bool) -> Admitted:
        """Before a call: writes its row. Raises `BudgetReached`."""
        ...

    def notice(self, key: str, text: str) -> None: ...

    @property
    def client(self) -> ModelClient: ...
    @property
    def user_id(self) -> str: ...
    @property
    def plan_id(self) -> str: ...
    @property
    def run_id(self) -> str | None: ...
    @property
    def session_id(self) -> str: ...


class ModelCaller:
    """The models of one caller. `use` tells it which ones the branch has now."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._models: RunModels | None = None

    @property
    def models(self) -> RunModels:
        assert self._models is not None, "the branch is read before a model is called"
        return self._models

    def use(self, models: RunModels) -> None:
        self._models = models

    def prefers_tool(self, role: RoleId) -> bool:
        """Whether the role's model answers better by a function call than by XML."""
        properties = self.models.org.properties(self.models.pack.role(role).model_id)
        return properties is not None and properties.preferred_output_format == "tool-call-json"

    def has_image_support(self, role: RoleId) -> bool:
        properties = self.models.org.properties(self.models.pack.role(role).model_id)
        return properties is not None and properties.has_image_support

    async def text(
        self,
        role: RoleId,
        messages: tuple[ChatMessage, ...],
        *,
        purpose: str,
        stop: tuple[str, ...] = (),
        output_tokens: int = 0,
        form: AnswerForm | None = None,
        strong: bool = False,
        seconds: float = math.inf,
    ) -> str:
        """The whole answer. Raises `ModelError` when every way to get one failed, or none was
        there after so many seconds."""
        ask = Ask(
            role=role,
            messages=messages,
            purpose=purpose,
            stop=stop,
            input_tokens=_estimate(messages),
            output_tokens=output_tokens,
            form=form,
            strong=strong,
            seconds=seconds,
        )
        parts = []
        async with aclosing(self._answers(ask)) as deltas:
            async for delta in deltas:
                parts.append(delta.text)
        return _before(stop, "".join(parts))

    def stream(
        self,
        role: RoleId,
        messages: tuple[ChatMessage, ...],
        *,
        purpose: str,
        stop: tuple[str, ...] = (),
        input_tokens: int = 0,
    ) -> AsyncGenerator[Delta, None]:
        """The answer as it arrives; reasoning only where the user is to see it."""
        return self._answers(
            Ask(
                role=role,
                messages=messages,
                purpose=purpose,
                stop=stop,
                input_tokens=input_tokens,
                streams=True,
            )
        )

    async def _answers(self, ask: Ask) -> AsyncGenerator[Delta, None]:
        attempt = self._not_resting(self._first(ask))
        attempts = self._open_ways(Attempts(), attempt)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _seconds(ask, attempt.choice)
        while True:
            try:
                async with aclosing(self._once(ask, attempt, deadline)) as deltas:
                    async for delta in deltas:
                        if delta.text and not attempts.received_text:
                            attempts = replace(attempts, received_text=True)
                        yield delta
                return
            except ModelError as error:
                decision = next_attempt(attempts, error, jitter=random.random())
                if decision.action is Action.GIVE_UP or loop.time() + decision.delay >= deadline:
                    raise _final(error, attempt.choice, attempts) from None
            await asyncio.sleep(decision.delay)
            attempt, attempts = self._next(attempt, decision)

    # -- which model ------------------------------------------------------------------------

    def _first(self, ask: Ask) -> _Attempt:
        config = self.models.pack.role(ask.role)
        if ask.strong and config.strong_model is not None:
            config = config.strong_model
        config = role_for_input(config, ask.input_tokens, self.models.org)
        if ask.output_tokens:
            config = role_for_output(config, ask.output_tokens, self.models.org)
        return _Attempt(config, self._provider(config.model_id))

    def _provider(self, model_id: str) -> ProviderChoice:
        models = self.models
        try:
            return choose_provider(
                model_id, models.org, self._caller.credentials, models.pack.local_provider
            )
        except (NoCredentials, BadCredential) as problem:
            raise unsupported(str(problem)) from None

    def _other_provider(self, choice: ProviderChoice) -> ProviderChoice | None:
        models = self.models
        try:
            return fallback_provider(
                choice, models.org, self._caller.credentials, models.pack.local_provider
            )
        except BadCredential:
            return None

    def _not_resting(self, attempt: _Attempt) -> _Attempt:
        """Another way to the answer while the provider rests, if there is one."""
        cooldown = self._caller.client.cooldown
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
                return _Attempt(fallback, choice)
        return attempt

    def _open_ways(self, attempts: Attempts, attempt: _Attempt) -> Attempts:
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

    def _next(self, attempt: _Attempt, decision: Decision) -> tuple[_Attempt, Attempts]:
        config = attempt.config
        match decision.action:
            case Action.WITHOUT_CACHE:
                return replace(attempt, cache=False), decision.attempts
            case Action.PROVIDER_FALLBACK:
                other = self._other_provider(attempt.choice)
                assert other is not None, "the way was open"
                return _Attempt(config, other), decision.attempts
            case Action.LARGE_CONTEXT_FALLBACK:
                fallback = config.large_context_fallback
            case Action.ERROR_FALLBACK:
                fallback = config.error_fallback
            case _:
                return attempt, decision.attempts
        assert fallback is not None, "the way was open"
        following = _Attempt(fallback, self._provider(fallback.model_id))
        return following, self._open_ways(decision.attempts, following)

    # -- one request ------------------------------------------------------------------------

    async def _once(
        self, ask: Ask, attempt: _Attempt, deadline: float
    ) -> AsyncGenerator[Delta, None]:
        """One request. Its time limit is that of the task which consumes the answer, so the
        consumer must not await anything else between two deltas."""
        meter = Meter(self._facts(ask, attempt.choice))
        await self._begin(ask, meter)
        choice = attempt.choice
        patience = _Patience(_first_limit(ask, choice), deadline)
        shows_reasoning, cooldown = choice.shows_reasoning, self._caller.client.cooldown
        try:
            async with (
                aclosing(self._caller.client.stream(_request(ask, attempt))) as stream,
                asyncio.timeout_at(patience.first) as limit,
            ):
                async for delta in stream:
                    meter.count(delta)
                    if delta.finish == "error":
                        raise connection_error(
                            texts.error_finish(choice.composite, choice.model_name)
                        )
                    patience.extend(limit, finished=delta.finish is not None)
                    if delta.text or delta.reasoning:
                        yield _visible(delta, shows_reasoning)
                    if delta.usage is not None and patience.finished:
                        break
            meter.result = "finished"
            cooldown.succeeded(choice)
        except (TimeoutError, ModelError) as error:
            if patience.finished:
                # All text is there; only the usage is missing.
                meter.result = "finished"
                return
            if isinstance(error, TimeoutError):
                text = texts.inactive(choice.composite, choice.model_name)
                error = connection_error(text)
            meter.result = f"error: {error.kind}"
            cooldown.failed(choice, error)
            raise error from None
        finally:
            call = meter.stop()
            call_ended(call)
            self._caller.calls.append(call)

    def _facts(self, ask: Ask, choice: ProviderChoice) -> CallFacts:
        caller, models = self._caller, self.models
        return CallFacts(
            org_id=caller.org_id,
            user_id=caller.user_id,
            plan_id=caller.plan_id,
            run_id=caller.run_id,
            session_id=caller.session_id,
            role=ask.role.value,
            purpose=ask.purpose,
            pack=models.pack.name,
            input_tokens=ask.input_tokens,
            choice=choice,
            price=price_of(
                model_id=choice.model_id,
                provider=choice.composite,
                model_name=choice.model_name,
                own=models.prices,
            ),
        )

    async def _begin(self, ask: Ask, meter: Meter) -> None:
        """Writes the call's row, and what earlier calls used. Raises `BudgetReached`."""
        try:
            admitted = await self._caller.begin(meter.call, must_fit=ask.role not in _FINISHING)
        except asyncio.CancelledError:
            # The thread goes on, so the row will be there.
            self._caller.calls.append(meter.stop())
            raise
        if ask.streams:
            for key, text in admitted.notices.items():
                self._caller.notice(key, text)
        meter.begin()


class _Patience:
    """How long the next chunk may take, and never beyond the deadline. The limit is moved seldom,
    since moving it costs more than reading a chunk; so it is up to `SLACK_S` shorter than it
    says."""

    SLACK_S = 5.0

    def __init__(self, first: float, deadline: float) -> None:
        self._deadline = deadline
        self.first = self._until(first)
        self.finished = False
        self._moved_at: float | None = None

    def extend(self, limit: asyncio.Timeout, *, finished: bool) -> None:
        now = time.monotonic()
        if finished and not self.finished:
            self.finished = True
            limit.reschedule(self._until(USAGE_S))
        elif not self.finished and (self._moved_at is None or now - self._moved_at > self.SLACK_S):
            self._moved_at = now
            limit.reschedule(self._until(NEXT_CHUNK_S))

    def _until(self, seconds: float) -> float:
        return min(asyncio.get_running_loop().time() + seconds, self._deadline)


def _visible(delta: Delta, shows_reasoning: bool) -> Delta:
    """What the user may see of it, without the one character that no database keeps."""
    reasoning = delta.reasoning if shows_reasoning else ""
    if reasoning == delta.reasoning and NUL not in delta.text and NUL not in reasoning:
        return delta
    return Delta(
        text=delta.text.replace(NUL, ""),
        reasoning=reasoning.replace(NUL, ""),
        finish=delta.finish,
        usage=delta.usage,
    )


def _request(ask: Ask, attempt: _Attempt) -> ModelRequest:
    form = ask.form
    return ModelRequest(
        choice=attempt.choice,
        messages=ask.messages,
        temperature=attempt.config.temperature,
        top_p=attempt.config.top_p,
        stop=ask.stop,
        tool=Tool(form.tool, form.description, form.parameters()) if form else None,
        cache=attempt.cache,
        input_tokens=ask.input_tokens,
        role=ask.role.value,
    )


def _first_limit(ask: Ask, choice: ProviderChoice) -> float:
    provider = builtin_providers().get(choice.provider)
    if provider is not None and provider.local_only:
        return FIRST_TOKEN_MAX_S
    steps = 1 + ask.input_tokens // FIRST_TOKEN_STEP
    return min(FIRST_TOKEN_S * steps, FIRST_TOKEN_MAX_S)


def _seconds(ask: Ask, choice: ProviderChoice) -> float:
    """The limit of a whole call. A model on somebody's own machine gets more time."""
    provider = builtin_providers().get(choice.provider)
    own = not choice.auth.api_key and not choice.auth.extra
    local = own or (provider is not None and provider.local_only)
    return ask.seconds * LOCAL_PATIENCE if local else ask.seconds


def _final(error: ModelError, choice: ProviderChoice, attempts: Attempts) -> ModelError:
    """The failure as its user reads it."""
    provider, model = choice.composite, choice.model_name
    if error.status is not None:
        text = texts.error_chunk(provider, model, error.status, error.msg)
    else:
        name = f"{provider}/{model}"
        text = texts.broken_off(name, error.msg, received_text=attempts.received_text)
    if attempts.total_retries:
        text += f" | Failed after {attempts.total_retries} retries"
    return ModelError(text.replace(NUL, ""), kind=error.kind, retriable=False, status=error.status)


def _estimate(messages: Sequence[ChatMessage]) -> int:
    return sum(len(message.text) for message in messages) // CHARS_PER_TOKEN


def _before(stop: Sequence[str], text: str) -> str:
    """The text up to the first stop sequence: some models can't be told to stop."""
    for sequence in stop:
        text = text.partition(sequence)[0]
    return text
