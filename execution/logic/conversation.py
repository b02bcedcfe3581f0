"""Which part of a conversation goes into a request, and what summaries stand for the rest."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from execution.logic.chat_messages import ChatMessage, text_message
from execution.logic.past_replies import condensed

TOKENS_PER_MESSAGE = 5  # role and separators, roughly

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class ConvoMessage:
    """A stored conversation message; `tokens` is its stored count, 0 if unknown. `built` are the
    paths of its file blocks that have become part of the files."""

    id: str
    role: Literal["user", "assistant"]
    message: str
    tokens: int
    created_at_ms: int
    stopped: bool = False
    has_error: bool = False
    built: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Summary:
    """A stored summary of the conversation up to and including a message."""

    text: str
    tokens: int
    latest_message_id: str
    latest_created_at_ms: int


@dataclass(frozen=True, slots=True)
class ConvoLimits:
    """Tokens a conversation may take: within the whole request, and by itself."""

    request: int
    convo: int


@dataclass(frozen=True, slots=True)
class SelectedConvo:
    """The messages to send; `summarized_to` is the last message a summary stands for."""

    messages: tuple[ChatMessage, ...]
    tokens: int
    summarized_to: str | None = None


class ConvoTooLong(Exception):
    """No stored summary makes the conversation fit."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with its summaries (oldest first), and the message to leave out.

    `left_out` is the id of the message the request's prompt repeats.
    """

    messages: Sequence[ConvoMessage]
    summaries: Sequence[Summary]
    count: CountTokens
    left_out: str | None = None

    def beside(self, shown: Collection[str]) -> "Conversation":
        """The conversation for a request that shows these files: their blocks are left out."""
        return replace(self, messages=[_beside(message, shown) for message in self.messages])

    def select(self, *, before: int, limits: ConvoLimits) -> SelectedConvo:
        """Choose what to send, with `before` tokens taken by the rest of the request.

        The whole conversation if it fits; else the oldest summary that makes it fit stands
        for its beginning, so that as much as possible is sent as it was said. A conversation
        over its own limit alone is sent whole if no summary helps. With an older summary the
        newest one is sent too, after the message it ends at; beside a whole conversation it
        would only repeat it.
        """
        costs = [self._cost(message) for message in self.messages]
        total = sum(costs)
        if before + total <= limits.request and total <= limits.convo:
            return self._selected(0, None, total)
        for summary in self.summaries:
            position = self._position(summary)
            if position is None:
                continue
            kept = sum(costs[position + 1 :]) + self._summary_tokens(summary)
            if summary is not self.summaries[-1]:
                kept += self._summary_tokens(self.summaries[-1])
            if before + kept <= limits.request and kept <= limits.convo:
                return self._selected(position + 1, summary, kept)
        if before + total > limits.request:
            raise ConvoTooLong
        return self._selected(0, None, total)

    def _selected(self, start: int, summary: Summary | None, tokens: int) -> SelectedConvo:
        newest = self.summaries[-1] if summary else None
        reinforced = self._position(newest) if newest else None
        sent = [text_message("assistant", summary.text)] if summary else []
        for position in range(start, len(self.messages)):
            message = self.messages[position]
            if message.id != self.left_out and message.message.strip():
                sent.append(text_message(message.role, message.message))
            if newest is not None and position == reinforced:
                sent.append(text_message("assistant", newest.text))
        summarized_to = self.messages[start - 1].id if summary else None
        return SelectedConvo(tuple(sent), tokens, summarized_to)

    def _position(self, summary: Summary) -> int | None:
        """Where the last message of a summary stands: found by its time, else by its id.

        Of several messages with that time the one with the id wins.
        """
        by_id = self._find(lambda message: message.id == summary.latest_message_id)
        if by_id is not None and self._is_time_of(summary, self.messages[by_id]):
            return by_id
        by_time = self._find(lambda message: self._is_time_of(summary, message))
        return by_time if by_time is not None else by_id

    def _find(self, matches: Callable[[ConvoMessage], bool]) -> int | None:
        return next((n for n, message in enumerate(self.messages) if matches(message)), None)

    @staticmethod
    def _is_time_of(summary: Summary, message: ConvoMessage) -> bool:
        return message.created_at_ms == summary.latest_created_at_ms

    def _cost(self, message: ConvoMessage) -> int:
        if message.id == self.left_out or not message.message.strip():
            return 0
        return (message.tokens or self.count(message.message)) + TOKENS_PER_MESSAGE

    def _summary_tokens(self, summary: Summary) -> int:
        return summary.tokens or self.count(summary.text)


def _beside(message: ConvoMessage, shown: Collection[str]) -> ConvoMessage:
    text = condensed(message.message, message.built.intersection(shown))
    # The stored count is that of the whole reply.
    return message if text == message.message else replace(message, message=text, tokens=0)
