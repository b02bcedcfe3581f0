"""Placing an edit into a file: by the engine alone where that is certain, else with a model.

Every text that a model contributes passes the engine's own gate before it is accepted.
"""

import uuid
from dataclasses import dataclass

from execution.logic.changes import Replacement
from execution.logic.chat_messages import ChatMessage, text_message
from execution.logic.edits import (
    Placement,
    check_candidate,
    in_words,
    parse_repair_answer,
    parse_whole_file,
    place_edit,
    repair_question,
    replacements_between,
    whole_file_question,
)
from execution.logic.edits.text.markers import marker_kind
from execution.logic.model_errors import ModelError
from execution.logic.reply_grammar import Operation
from execution.observed import build_placed
from execution.services.model_calls import ModelCaller
from models_config.logic.catalog import RoleId
from plandex_server.threads import in_thread

REPAIRS = 2
"""Questions to the builder before its strong model is asked once."""
WHOLE_FILE_TOKENS = 4000
"""Up to this size a whole file is asked for before the strong model: it is quick, and rarely
loses anything."""
STOP = ("<PlandexFinish/>",)


class EditFailed(Exception):
    """The edit can't be placed; the text says why."""


@dataclass(frozen=True, slots=True)
class _Edit:
    path: str
    original: str
    snippet: str
    description: str

    def may_be_whole(self) -> bool:
        """Whether the snippet may be the whole new file: it leaves nothing out.

        Read as a part of the file such a snippet can change nothing, though it was written to
        change something, such as to drop the file's last lines.
        """
        lines = self.snippet.splitlines()
        return not any(marker_kind(line, self.path) for line in lines) and bool(lines)

    def gate(self, candidate: str) -> Placement:
        return check_candidate(
            original=self.original,
            snippet=self.snippet,
            description=self.description,
            path=self.path,
            candidate=candidate,
        )


@dataclass(slots=True)
class Edits:
    """The model steps of edits, with the run's models."""

    models: ModelCaller

    async def place(self, *, path: str, original: str, operation: Operation) -> str:
        """The file with the edit in it; raises `EditFailed`."""
        edit = _Edit(path, original, operation.content, operation.description)
        placement = await in_thread(
            place_edit,
            original=original,
            snippet=edit.snippet,
            description=edit.description,
            path=path,
        )
        if placement.text == original and edit.may_be_whole():
            placement = Placement("verify", edit.snippet, ("changes_nothing",))
        if placement.status == "accepted" and placement.text is not None:
            build_placed("accepted")
            return placement.text
        text = await self._with_models(edit, placement)
        if text is None:
            raise EditFailed(
                f"the edit of {path} could not be placed with certainty and was left out; "
                "build again, ask for the change once more, or reject the file's changes"
            )
        return text

    async def _with_models(self, edit: _Edit, placement: Placement) -> str | None:
        size = (len(edit.original) + len(edit.snippet)) // 4
        text = await self._repaired(edit, placement, role=RoleId.BUILDER, tries=REPAIRS)
        if text is None and size <= WHOLE_FILE_TOKENS:
            text = await self._whole_file(edit)
        if text is None:
            text = await self._repaired(edit, placement, role=RoleId.BUILDER, tries=1, strong=True)
        if text is None and size > WHOLE_FILE_TOKENS:
            text = await self._whole_file(edit)
        return text

    async def _repaired(
        self, edit: _Edit, placement: Placement, *, role: RoleId, tries: int, strong: bool = False
    ) -> str | None:
        """One answer either confirms the candidate or holds replacements, which are checked."""
        earlier: list[str] = []
        for _ in range(tries):
            question = repair_question(
                path=edit.path,
                original=edit.original,
                snippet=edit.snippet,
                description=edit.description,
                placement=placement,
                earlier=earlier,
            )
            size = len(edit.original) // 8 + len(edit.snippet) // 4
            answer = await self._ask(role, question, size=size, strong=strong)
            if answer is None:
                return None
            read = parse_repair_answer(answer, original=edit.original, candidate=placement.text)
            if read.verdict == "correct" and placement.status == "verify":
                return read.text
            if read.text is not None:
                checked = await in_thread(edit.gate, read.text)
                # The model has looked at the whole: what only needs a look is settled by that.
                if checked.status != "refused" and checked.text is not None:
                    build_placed("strong_model" if strong else "model")
                    return checked.text  # with the line ends of the file
                earlier.append(" ".join(["The result was refused.", *in_words(checked.reasons)]))
            else:
                earlier.append(read.problem)
        return None

    async def _whole_file(self, edit: _Edit) -> str | None:
        question = whole_file_question(
            path=edit.path,
            original=edit.original,
            snippet=edit.snippet,
            description=edit.description,
        )
        size = (len(edit.original) + len(edit.snippet)) // 4
        answer = await self._ask(RoleId.WHOLE_FILE_BUILDER, question, size=size)
        text = parse_whole_file(answer) if answer is not None else None
        if text is None:
            return None
        checked = await in_thread(edit.gate, text)
        if checked.status == "refused" or checked.text is None:
            return None
        build_placed("whole_file")
        return checked.text

    async def _ask(
        self, role: RoleId, question: str, *, size: int, strong: bool = False
    ) -> str | None:
        messages: tuple[ChatMessage, ...] = (text_message("system", question),)
        try:
            return await self.models.text(
                role,
                messages,
                purpose="File edit",
                stop=STOP,
                output_tokens=size,
                strong=strong,
            )
        except ModelError:
            return None


def edit_replacements(original: str, text: str, *, summary: str) -> list[Replacement]:
    """The stored form of an edit; the engine has replayed it before it returns."""
    return [
        Replacement(id=str(uuid.uuid4()), old=change.old, new=change.new, summary=summary)
        for change in replacements_between(original, text)
    ]
