"""Reasoning that a model writes into its answer, between tags in front of it."""

from execution.clients.base import Delta

_TAGS = (("<think>", "</think>"), ("<thought>", "</thought>"))
_LONGEST = max(len(opening) for opening, _ in _TAGS)


class ThoughtSplitter:
    """Tells such reasoning from the answer, wherever the chunks are cut.

    Only tags at the very beginning count: an answer that speaks of them later is left alone.
    """

    def __init__(self) -> None:
        self.decided = False
        """Whether all further text is the answer; then there is no need to ask."""
        self._held = ""
        self._closing = ""
        self._answer_begins = False

    def split(self, text: str) -> tuple[str, str]:
        """The reasoning and the answer in the next piece of text."""
        if self.decided:
            return "", text
        if self._answer_begins:
            return "", self._begin_answer(text)
        self._held += text
        if not self._closing:
            return self._look_for_opening()
        return self._until_closing()

    def end(self) -> tuple[str, str]:
        """What was held back when the answer ended."""
        held, self._held = self._held, ""
        return (held, "") if self._closing and not self._answer_begins else ("", held)

    def _look_for_opening(self) -> tuple[str, str]:
        start = self._held.lstrip()
        for opening, closing in _TAGS:
            if start.startswith(opening):
                self._held, self._closing = start[len(opening) :], closing
                return self._until_closing()
            if opening.startswith(start[:_LONGEST]):
                return "", ""
        self.decided = True
        held, self._held = self._held, ""
        return "", held

    def _until_closing(self) -> tuple[str, str]:
        thought, found, rest = self._held.partition(self._closing)
        if found:
            self._held, self._answer_begins = "", True
            return thought, self._begin_answer(rest)
        kept = _begun(self._held, self._closing)
        cut = len(self._held) - kept
        thought, self._held = self._held[:cut], self._held[cut:]
        return thought, ""

    def _begin_answer(self, text: str) -> str:
        text = text.lstrip()
        self.decided = bool(text)
        return text


def without_thoughts(delta: Delta, splitter: ThoughtSplitter) -> Delta | None:
    """The delta with its text divided, None if nothing is left of it to tell."""
    if splitter.decided:
        return delta
    reasoning, text = splitter.split(delta.text) if delta.text else ("", "")
    if delta.finish is not None:
        held_reasoning, held = splitter.end()
        reasoning, text = reasoning + held_reasoning, text + held
    elif not (reasoning or text or delta.reasoning or delta.usage):
        return None
    return Delta(text, delta.reasoning + reasoning, delta.finish, delta.usage)


def _begun(text: str, tag: str) -> int:
    """How many characters at the end of the text may be the beginning of the tag."""
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if text.endswith(tag[:size]):
            return size
    return 0
