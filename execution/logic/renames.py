"""Which removed and added files are renames of each other, by git's own rules and numbers.

Equal files come first, then files with the same base name that are much alike, then the most
similar pairs; a pair counts from half of its content on.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MAX_SCORE = 60_000
MIN_SCORE = MAX_SCORE // 2
MIN_BASENAME_SCORE = MIN_SCORE + (MAX_SCORE - MIN_SCORE) // 2
CHUNK = 64
"""Lines longer than this are compared in pieces of this many bytes."""
CANDIDATES = 4
"""So many best sources are kept for each new file."""
MAX_PAIRS = 1_000_000
"""With more pairs to compare than this, only equal files are found, as git does."""


@dataclass(frozen=True, slots=True)
class Rename:
    """`similarity` is in percent."""

    source: str
    target: str
    similarity: int


def find_renames(removed: Mapping[str, bytes], added: Mapping[str, bytes]) -> list[Rename]:
    """The renames among removed and added files (path → content), each file in one at most.

    Empty files are never renames.
    """
    sources = {path: data for path, data in sorted(removed.items()) if data}
    targets = {path: data for path, data in sorted(added.items()) if data}
    found: list[Rename] = []
    for rename in _exact(sources, targets):
        _take(rename, sources, targets, found)
    if len(sources) * len(targets) > MAX_PAIRS:
        return found
    chunks = {path: _chunks(data) for path, data in (sources | targets).items()}
    for rename in list(_by_basename(sources, targets, chunks)):
        _take(rename, sources, targets, found)
    for rename in _by_similarity(sources, targets, chunks):
        if rename.source in sources and rename.target in targets:
            _take(rename, sources, targets, found)
    return found


def _take(
    rename: Rename, sources: dict[str, bytes], targets: dict[str, bytes], found: list[Rename]
) -> None:
    del sources[rename.source], targets[rename.target]
    found.append(rename)


def _exact(sources: Mapping[str, bytes], targets: Mapping[str, bytes]) -> Iterator[Rename]:
    """Equal files; of several sources one with the target's base name is preferred."""
    used: set[str] = set()
    for target, data in list(targets.items()):
        equal = [path for path, text in sources.items() if path not in used and text == data]
        if equal:
            named = (path for path in equal if _basename(path) == _basename(target))
            source = next(named, equal[0])
            used.add(source)
            yield Rename(source, target, 100)


def _by_basename(
    sources: Mapping[str, bytes],
    targets: Mapping[str, bytes],
    chunks: Mapping[str, Counter[bytes]],
) -> Iterator[Rename]:
    """Files whose base name is unique on both sides and which are much alike."""
    from_names = Counter(map(_basename, sources))
    to_names = {name: n for name, n in Counter(map(_basename, targets)).items() if n == 1}
    by_name = {_basename(path): path for path in targets}
    for source in sources:
        name = _basename(source)
        if from_names[name] == 1 and name in to_names:
            target = by_name[name]
            score = _score(sources[source], targets[target], chunks[source], chunks[target])
            if score >= MIN_BASENAME_SCORE:
                yield Rename(source, target, _percent(score))


def _by_similarity(
    sources: Mapping[str, bytes],
    targets: Mapping[str, bytes],
    chunks: Mapping[str, Counter[bytes]],
) -> list[Rename]:
    """All pairs that are alike enough, the best first."""
    pairs: list[tuple[int, bool, str, str]] = []
    for target, data in targets.items():
        scored = []
        for source, text in sources.items():
            score = _score(text, data, chunks[source], chunks[target])
            if score >= MIN_SCORE:
                scored.append((score, _basename(source) == _basename(target), source, target))
        scored.sort(key=lambda pair: (-pair[0], not pair[1]))
        pairs += scored[:CANDIDATES]
    pairs.sort(key=lambda pair: (-pair[0], not pair[1]))
    return [Rename(source, target, _percent(score)) for score, _, source, target in pairs]


def _score(old: bytes, new: bytes, old_chunks: Counter[bytes], new_chunks: Counter[bytes]) -> int:
    largest, smallest = max(len(old), len(new)), min(len(old), len(new))
    if largest * (MAX_SCORE - MIN_SCORE) < (largest - smallest) * MAX_SCORE:
        return 0
    copied = sum(
        min(size, new_chunks[chunk]) for chunk, size in old_chunks.items() if chunk in new_chunks
    )
    return copied * MAX_SCORE // largest


def _chunks(data: bytes) -> Counter[bytes]:
    """Each piece of content with the bytes that it takes up in all its places. Line ends of two
    characters count as one, except in binary content."""
    if b"\0" not in data[:8000]:
        data = data.replace(b"\r\n", b"\n")
    sizes: Counter[bytes] = Counter()
    for line in _lines(data):
        for start in range(0, len(line), CHUNK):
            piece = line[start : start + CHUNK]
            sizes[piece] += len(piece)
    return sizes


def _lines(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def _percent(score: int) -> int:
    return score * 100 // MAX_SCORE


def _basename(path: str) -> str:
    return path.rpartition("/")[2]
