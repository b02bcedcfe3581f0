"""Calling a run's models: the right one for the size, again or another one after a failure."""

import asyncio
import math
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from execution.clients.base import Delta, ModelClient, ModelRequest, Tool
from execution.logic import failure_texts as texts
from execution.logic.chat_messages import ChatMessage
from execution.logic.fallbacks import Action, Attempts, next_attempt
from execution.logic.model_errors import ModelError, connection_error, empty_answer
from execution.logic.prompts.answers import AnswerForm
from execution.models import ModelCall
from execution.observed import call_ended
from execution.services.metering import CHARS_PER_TOKEN, CallFacts, Meter
from execution.services.model_ways import Ask, Attempt, Ways
from execution.services.patience import Patience, first_limit, whole_limit
from execution.services.spending import Admitted
from execution.services.turns import RunModels
from models_config.logic.catalog import RoleId
from models_config.logic.credentials import Credentials, ProviderChoice
from models_config.logic.prices import price_of

NUL = "\0"
"""PostgreSQL takes no text with it, and one chunk that is refused would hold up all that is
written together with it."""

_FINISHING = frozenset(
    {RoleId.NAMES, RoleId.COMMIT_MESSAGES, RoleId.AUTO_CONTINUE, RoleId.SUMMARIZER}
)
"""Small calls that finish what a reply has begun: a budget that is reached does not stop them."""


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
        must_speak: bool = False,
    ) -> AsyncGenerator[Delta, None]:
        """The answer as it arrives; reasoning only where the user is to see it, and the finish
        reason of one that was cut. Raises `ModelError` for one without a word where it
        `must_speak`."""
        return self._answers(
            Ask(
                role=role,
                messages=messages,
                purpose=purpose,
                stop=stop,
                input_tokens=input_tokens,
                streams=True,
                must_speak=must_speak,
            )
        )

    async def _answers(self, ask: Ask) -> AsyncGenerator[Delta, None]:
        caller = self._caller
        ways = Ways(self.models, caller.credentials, caller.client.cooldown)
        attempt = ways.not_resting(ways.first(ask))
        attempts = ways.opened(Attempts(), attempt)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + whole_limit(ask.seconds, attempt.choice)
        while True:
            try:
                async with aclosing(self._once(ask, attempt, deadline)) as deltas:
                    async for delta in deltas:
                        if delta.text and not attempts.received_text:
                            attempts = replace(attempts, received_text=True)
                        yield delta
                if ask.must_speak and not attempts.received_text:
                    raise empty_answer()
                return
            except ModelError as error:
                decision = next_attempt(attempts, error, jitter=random.random())
                if decision.action is Action.GIVE_UP or loop.time() + decision.delay >= deadline:
                    raise _final(error, attempt.choice, attempts) from None
            await asyncio.sleep(decision.delay)
            attempt, attempts = ways.following(attempt, decision)

    # -- one request ------------------------------------------------------------------------

    async def _once(
        self, ask: Ask, attempt: Attempt, deadline: float
    ) -> AsyncGenerator[Delta, None]:
        """One request. Its time limit is that of the task which consumes the answer, so the
        consumer must not await anything else between two deltas."""
        meter = Meter(self._facts(ask, attempt.choice))
        await self._begin(ask, meter)
        choice = attempt.choice
        patience = Patience(first_limit(ask.input_tokens, choice), deadline)
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
                    if delta.text or delta.reasoning or delta.finish in texts.CUT:
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
        chunks=delta.chunks,
        waited=delta.waited,
    )


def _request(ask: Ask, attempt: Attempt) -> ModelRequest:
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
