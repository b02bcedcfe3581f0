"""Files before and after a change, from git histories and from trees of source files."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {
    "py": "python", "go": "go", "js": "javascript", "mjs": "javascript", "ts": "typescript",
    "tsx": "tsx", "java": "java", "kt": "kotlin", "rs": "rust", "rb": "ruby", "c": "c", "h": "c",
    "cc": "cpp", "cpp": "cpp", "hpp": "cpp", "cs": "csharp", "php": "php", "ex": "elixir",
    "exs": "elixir", "html": "html", "css": "css", "scss": "css", "yaml": "yaml", "yml": "yaml",
    "json": "json", "toml": "toml", "md": "markdown", "sh": "bash", "sql": "sql", "lua": "lua",
    "swift": "swift", "scala": "scala", "vue": "vue", "svelte": "svelte", "pl": "perl",
    "pm": "perl", "tcl": "tcl",
}  # fmt: skip
MAX_LINES, MAX_CHANGED, MAX_BYTES = 3000, 200, 200_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A change of one file; the name says where it comes from."""

    name: str
    path: str
    language: str
    before: str
    after: str


def language_of(path: str) -> str | None:
    return LANGUAGES.get(path.rsplit(".", 1)[-1].lower()) if "." in path else None


def usable(before: str, after: str) -> bool:
    """Plain texts with LF ends and the same kind of end, not too large, without markers."""
    if before == after or not before.strip() or not after.strip():
        return False
    for text in (before, after):
        if len(text) > MAX_BYTES or "\r" in text or "\0" in text or "\ufeff" in text:
            return False
        if text.count("\n") > MAX_LINES or "existing code" in text:
            return False
    if before.endswith("\n") != after.endswith("\n"):
        return False
    tails = [len(text) - len(text.rstrip("\n")) for text in (before, after)]
    return tails[0] == tails[1]


def git_pairs(repository: Path, limit: int, seed: int) -> Iterator[Pair]:
    """Modified files of commits without merges, a seeded choice of them."""
    log = _git(
        repository, "log", "--no-merges", "--no-renames", "--raw", "--no-abbrev",
        "--diff-filter=M", "--format=commit %H", "HEAD",
    )  # fmt: skip
    changes: list[tuple[str, str, str, str]] = []
    commit = ""
    for line in log.decode("utf-8", "replace").splitlines():
        if line.startswith("commit "):
            commit = line[7:19]
        elif line.startswith(":"):
            fields, _, path = line.partition("\t")
            parts = fields.split()
            if language_of(path) and parts[0][1:4] == "100":
                changes.append((commit, path, parts[2], parts[3]))
    changes.sort()
    random.Random(seed).shuffle(changes)
    chosen = changes[: limit * 3]
    blobs = _read_blobs(repository, sorted({b for change in chosen for b in change[2:]}))
    found = 0
    for commit, path, old, new in chosen:
        before, after = blobs.get(old), blobs.get(new)
        if found >= limit or before is None or after is None or not usable(before, after):
            continue
        language = language_of(path)
        assert language is not None
        found += 1
        yield Pair(f"{repository_name(repository)}:{commit}:{path}", path, language, before, after)


def repository_name(repository: Path) -> str:
    resolved = repository.resolve()
    return resolved.parent.name if resolved.name in ("repo", "src") else resolved.name


def _git(repository: Path, *arguments: str, data: bytes | None = None) -> bytes:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def _read_blobs(repository: Path, names: list[str]) -> dict[str, str]:
    out = _git(repository, "cat-file", "--batch", data="\n".join(names).encode() + b"\n")
    texts: dict[str, str] = {}
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        head = out[at:end].decode().split()
        at = end + 1
        if len(head) != 3:
            continue
        size = int(head[2])
        try:
            texts[head[0]] = out[at : at + size].decode("utf-8")
        except UnicodeDecodeError:
            pass
        at += size + 1
    return texts


def tree_pairs(tree: Path, limit: int, seed: int) -> Iterator[Pair]:
    """Source files of a folder, each with one invented change."""
    files = sorted(
        path
        for path in tree.rglob("*")
        if language_of(path.name) and path.is_file() and path.stat().st_size < MAX_BYTES
    )
    random.Random(seed).shuffle(files)
    found = 0
    for path in files:
        if found >= limit:
            return
        try:
            before = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        name = str(path.relative_to(tree))
        after = invented(before, random.Random(f"{seed}:{name}"))
        language = language_of(path.name)
        if after is None or language is None or not usable(before, after):
            continue
        found += 1
        yield Pair(f"{tree.name}:{name}", name, language, before, after)


def invented(text: str, rng: random.Random) -> str | None:
    """The text with one to four changes of lines: new, changed, removed, exchanged."""
    lines = text.split("\n")
    solid = [number for number, line in enumerate(lines) if line.strip()]
    if len(solid) < 8:
        return None
    for _ in range(rng.randint(1, 4)):
        at = rng.choice([number for number, line in enumerate(lines) if line.strip()])
        kind = rng.choice(("insert", "change", "change", "remove", "block"))
        lead = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        if kind == "insert":
            lines[at:at] = [
                f"{lead}new_{rng.randint(100, 999)}(value)" for _ in range(rng.randint(1, 3))
            ]
        elif kind == "change":
            words = lines[at].split(" ")
            words[-1] += f"_{rng.randint(100, 999)}"
            lines[at] = " ".join(words)
        elif kind == "remove":
            del lines[at : at + rng.randint(1, 3)]
        else:
            block = [f"{lead}step_{rng.randint(100, 999)} {word}" for word in "abcdef"]
            lines[at : at + rng.randint(1, 4)] = block[: rng.randint(1, 6)]
    return "\n".join(lines)
