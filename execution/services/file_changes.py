"""What one file operation of a reply changes in the plan."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from execution.logic.changes import Replacement, Result
from execution.logic.pending import StagedChange
from execution.services.turns import PlanState


class BuildFailed(Exception):
    """One path could not be built; the text says why. The other paths go on."""


@dataclass(frozen=True, slots=True)
class ChangeMaker:
    """Makes the change of one build. `state` is the branch with all that was built before,
    `project_paths` are the files on the user's disk, `moment` gives each result its time."""

    build_id: str
    reply_id: str
    state: PlanState
    project_paths: Collection[str]
    moment: Callable[[], datetime]

    def write(self, path: str, text: str) -> StagedChange:
        """A new file."""
        return self._change(path, self._written(path, text))

    def edit(self, path: str, replacements: list[Replacement]) -> StagedChange:
        """Replacements in a file."""
        result = self._result(path)
        result.replacements = replacements
        return self._change(path, result)

    def move(self, source: str, target: str) -> StagedChange:
        """The text goes to another path, where no file may be. Raises `BuildFailed`."""
        text = self.state.text_of(source)
        if text is None:
            raise BuildFailed(f"{source} can't be moved: it is not in the plan's context")
        on_disk = self._is_on_disk(target) and target not in self.state.files.removed
        if target in self.state.files.files or on_disk:
            raise BuildFailed(f"{source} can't be moved: {target} exists already")
        written = self._written(target, text)
        return self._change(
            source, *self._removal(source), written, rejects=self._only_pending(source)
        )

    def remove(self, path: str) -> StagedChange | None:
        """The file goes; None when there is none."""
        if path in self.state.files.removed:
            return None
        if path not in self.state.files and not self._is_on_disk(path):
            return None
        return self._change(path, *self._removal(path), rejects=self._only_pending(path))

    def reset(self, path: str) -> StagedChange | None:
        """What is pending on the path goes; None when nothing is."""
        if path not in self.state.files and path not in self.state.files.broken:
            return None
        return self._change(path, rejects=(path,))

    def _removal(self, path: str) -> tuple[Result, ...]:
        """A removal, but not of a file that exists in the plan's pending changes only."""
        if self._only_pending(path):
            return ()
        result = self._result(path)
        result.removed_file = True
        return (result,)

    def _only_pending(self, path: str) -> tuple[str, ...]:
        pending = path in self.state.files.files and not self._is_on_disk(path)
        return (path,) if pending else ()

    def _is_on_disk(self, path: str) -> bool:
        return path in self.state.body_by_path or path in self.project_paths

    def _written(self, path: str, text: str) -> Result:
        result = self._result(path)
        result.content, result.empty_file = text, not text
        return result

    def _result(self, path: str) -> Result:
        at = self.moment()
        return Result(
            id=str(uuid.uuid4()),
            convo_message_id=self.reply_id,
            plan_build_id=self.build_id,
            path=path,
            created_at=at,
            updated_at=at,
        )

    def _change(self, path: str, *results: Result, rejects: tuple[str, ...] = ()) -> StagedChange:
        return StagedChange(self.build_id, self.reply_id, path, results, rejects)
