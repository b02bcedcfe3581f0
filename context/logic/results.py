"""What a load, an update or a removal did."""

from dataclasses import dataclass

from context.logic.items import ContextItem
from context.logic.limits import Overflow
from context.logic.messages import overflow_message, without_colour


@dataclass(frozen=True, slots=True)
class StoredContext:
    """An item that was stored, with its body."""

    item: ContextItem
    body: str


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Of a load or an update. `tokens_added` may be negative; `contexts` is what was stored."""

    tokens_added: int = 0
    total_tokens: int = 0
    max_tokens_exceeded: bool = False
    max_tokens: int = 0
    msg: str = ""
    contexts: tuple[StoredContext, ...] = ()

    @property
    def plain_msg(self) -> str:
        """`msg` without terminal colours, for replies that show it as Markdown."""
        return without_colour(self.msg)


@dataclass(frozen=True, slots=True)
class RemoveResult:
    tokens_removed: int
    total_tokens: int
    msg: str
    removed: tuple[ContextItem, ...] = ()


def exceeded(overflow: Overflow, *, verb: str) -> LoadResult:
    """Nothing was stored because of a token limit."""
    return LoadResult(
        tokens_added=overflow.tokens_added,
        total_tokens=overflow.total_tokens,
        max_tokens_exceeded=True,
        max_tokens=overflow.max_tokens,
        msg=overflow_message(overflow, verb=verb),
    )
