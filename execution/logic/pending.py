"""Changes of a run that are built but not committed yet, on top of what the branch holds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from execution.logic.changes import Result


class StagedChange(msgspec.Struct, frozen=True):
    """What one finished build adds: results, and paths whose open results it rejects first.

    `reply_id` and `path` are those of the operation that was built.
    """

    build_id: str
    reply_id: str
    path: str
    results: tuple[Result, ...] = ()
    rejects: tuple[str, ...] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(StagedChange).decode


def encode_staged(change: StagedChange) -> bytes:
    return _encode(change)


def decode_staged(data: bytes) -> StagedChange:
    return _decode(data)


def overlaid(results: Iterable[Result], staged: Sequence[StagedChange]) -> list[Result]:
    """The results as they will be once the staged changes are committed."""
    found = list(results)
    for change in staged:
        if change.rejects:
            found = [
                result for result in found if not (result.is_open and result.path in change.rejects)
            ]
        found.extend(change.results)
    return found


def unbuilt_paths(
    operation_paths: Iterable[str], reply_id: str, staged: Iterable[StagedChange]
) -> set[str]:
    """The paths of a reply's operations for which not every operation has a finished build."""
    missing = Counter(operation_paths)
    missing.subtract(change.path for change in staged if change.reply_id == reply_id)
    return {path for path, count in missing.items() if count > 0}


def rejected(results: Iterable[Result], paths: Iterable[str] | None, at: datetime) -> list[Result]:
    """The open results of the paths (`None`: of all), marked as rejected."""
    wanted = None if paths is None else set(paths)
    return [
        msgspec.structs.replace(result, rejected_at=at, updated_at=at)
        for result in results
        if result.is_open and (wanted is None or result.path in wanted or result.id in wanted)
    ]
