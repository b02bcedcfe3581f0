"""Which removed and added files are renames of each other, by git's own rules and numbers.

Equal files come first, then files with the same base name that are much alike, then the most
similar pairs; a pair counts from half of its content on.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
HASH_BASE = 107_927
EXACT_UP_TO = 100_000
"""Up to so many bytes, pieces are told apart by git's hash, so that even its collisions are the
same; beyond, where that would take long and changes no percentage, by themselves."""
_WORD = 0xFFFFFFFF

_Sizes = dict[int | bytes, int]


@dataclass(frozen=True, slots=True)
class Rename:
    """`similarity` is in percent."""

    source: bytes
    target: bytes
    similarity: int


def find_renames(removed: Mapping[bytes, bytes], added: Mapping[bytes, bytes]) -> list[Rename]:
    """The renames among removed and added files (path → content), each file in one at most."""
    if not removed or not added:
        return []
    search = _Search(dict(sorted(removed.items())), dict(sorted(added.items())))
    search.take_equal()
    if len(search.sources) * len(search.targets) <= MAX_PAIRS:
        search.take_same_name()
        search.take_similar()
    return search.found


class _Search:
    """What is left to be paired, and the pairs so far."""

    def __init__(self, sources: dict[bytes, bytes], targets: dict[bytes, bytes]) -> None:
        self.sources, self.targets = sources, targets
        self.found: list[Rename] = []
        texts = (*sources.values(), *targets.values())
        self._hashed = sum(map(len, texts)) <= EXACT_UP_TO
        self._sizes: dict[bytes, _Sizes] = {}

    def take_equal(self) -> None:
        """Equal files; of several sources one with the target's base name is preferred."""
        by_text: dict[bytes, list[bytes]] = {}
        for path, text in self.sources.items():
            by_text.setdefault(text, []).append(path)
        for target, text in list(self.targets.items()):
            equal = by_text.get(text)
            if equal:
                name = _basename(target)
                source = next((path for path in equal if _basename(path) == name), equal[0])
                equal.remove(source)
                self._take(source, target, MAX_SCORE)

    def take_same_name(self) -> None:
        """Files whose base name is unique on both sides and which are much alike."""
        sources, targets = _unique_names(self.sources), _unique_names(self.targets)
        for name, source in sources.items():
            target = targets.get(name)
            if target is not None:
                score = self._score(source, target)
                if score >= MIN_BASENAME_SCORE:
                    self._take(source, target, score)

    def take_similar(self) -> None:
        """The pairs that are alike enough, the best first."""
        pairs = [pair for target in self.targets for pair in self._candidates(target)]
        pairs.sort(key=lambda pair: pair[:2])
        for score, _, source, target in pairs:
            if source in self.sources and target in self.targets:
                self._take(source, target, -score)

    def _candidates(self, target: bytes) -> list[tuple[int, bool, bytes, bytes]]:
        """The best sources of a target as (-score, other base name, source, target)."""
        name = _basename(target)
        scored = [
            (-self._score(source, target), _basename(source) != name, source, target)
            for source in self.sources
        ]
        good = [pair for pair in scored if -pair[0] >= MIN_SCORE]
        return sorted(good, key=lambda pair: pair[:2])[:CANDIDATES]

    def _take(self, source: bytes, target: bytes, score: int) -> None:
        del self.sources[source], self.targets[target]
        self.found.append(Rename(source, target, score * 100 // MAX_SCORE))

    def _score(self, source: bytes, target: bytes) -> int:
        old, new = len(self.sources[source]), len(self.targets[target])
        largest, smallest = max(old, new), min(old, new)
        if not new or largest * (MAX_SCORE - MIN_SCORE) < (largest - smallest) * MAX_SCORE:
            return 0
        before = self._sizes_of(b"a/" + source, self.sources[source])
        after = self._sizes_of(b"b/" + target, self.targets[target])
        copied = sum(min(size, after[piece]) for piece, size in before.items() if piece in after)
        return copied * MAX_SCORE // largest

    def _sizes_of(self, key: bytes, text: bytes) -> _Sizes:
        if key not in self._sizes:
            self._sizes[key] = _piece_sizes(text, hashed=self._hashed)
        return self._sizes[key]


def _piece_sizes(text: bytes, *, hashed: bool) -> _Sizes:
    """Each piece of a text with the bytes that it takes up in all its places."""
    sizes: _Sizes = {}
    counts = Counter(_pieces(text))
    for piece, count in counts.items():
        key = _hash(piece) if hashed else piece
        sizes[key] = sizes.get(key, 0) + len(piece) * count
    return sizes


def _pieces(text: bytes) -> Iterator[bytes]:
    """Lines, long ones in pieces. A line end of two characters counts as one, but in binaries."""
    if b"\0" not in text[:8000]:
        text = text.replace(b"\r\n", b"\n")
    *lines, last = text.split(b"\n")
    for line in [*(line + b"\n" for line in lines), last]:
        for start in range(0, len(line), CHUNK):
            yield line[start : start + CHUNK]


def _hash(piece: bytes) -> int:
    """Git's hash of a piece."""
    one = two = 0
    for byte in piece:
        one, two = ((one << 7) ^ (two >> 25)) & _WORD, ((two << 7) ^ (one >> 25)) & _WORD
        one = (one + byte) & _WORD
    return (one + two * 0x61) % HASH_BASE


def _unique_names(paths: Iterable[bytes]) -> dict[bytes, bytes]:
    """Base name → path, without the names that several paths have."""
    paths = list(paths)
    count = Counter(map(_basename, paths))
    return {_basename(path): path for path in paths if count[_basename(path)] == 1}


def _basename(path: bytes) -> bytes:
    return path.rpartition(b"/")[2]
