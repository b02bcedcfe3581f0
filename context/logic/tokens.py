"""Token counts of texts: o200k_base, the encoding with which the CLI counts too.

Nothing is downloaded: the ranks are part of the `bpe_openai` package. Special tokens have no
meaning here; their texts count as any other text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any, Protocol

ENCODING = "o200k_base"
# The tokenizer keeps the interpreter busy while it counts: a long text is counted in pieces, so
# that other threads get their turn.
PIECE_CHARS = 500_000
# No token reaches over a line end that a letter follows: cutting there leaves the count exact.
_CLEAN_CUT = re.compile(r"\n(?=[A-Za-z])")


class Tokenizer(Protocol):
    def count(self, text: str) -> int: ...


def count_tokens(text: str) -> int:
    """The number of o200k tokens; safe to call from any thread."""
    if not text:
        return 0
    count = _tokenizer().count
    try:
        return sum(count(piece) for piece in pieces(text))
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8 form; it is stored as `?`, and counted as such.
        return sum(count(piece) for piece in pieces(text.encode("utf-8", "replace").decode()))


def warm_up() -> None:
    """Loads the ranks (50 ms), so that no request has to."""
    _tokenizer()


def pieces(text: str, size: int = PIECE_CHARS) -> Iterator[str]:
    """The text in pieces of at most `size` characters, cut at line ends where there are any."""
    start = 0
    while len(text) - start > size:
        end = _cut(text, start, start + size)
        yield text[start:end]
        start = end
    yield text[start:]


def _cut(text: str, start: int, limit: int) -> int:
    """The last clean cut in the second half of the window, else its last line end, else `limit`."""
    half = start + (limit - start) // 2
    last_line_end = text.rfind("\n", half, limit)
    if last_line_end < 0:
        return limit
    # Clean cuts are a few lines apart in any source text: a look at the last lines finds one.
    near = max(half, last_line_end - 20_000)
    clean = [match.end() for match in _CLEAN_CUT.finditer(text, near, limit)]
    return clean[-1] if clean else last_line_end + 1


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    tokenizer: Tokenizer = _bindings().tokenizer_for_encoding(ENCODING)
    return tokenizer


def _bindings() -> Any:
    """The package's extension module alone. The package itself would read all its vocabularies a
    second time, for a Python API that is not used here: 65 MB and half a second per process."""
    package = find_spec("bpe_openai")
    assert package is not None, "bpe_openai is installed"
    spec = PathFinder.find_spec("_bindings", package.submodule_search_locations)
    assert spec is not None and spec.loader is not None, "bpe_openai has its extension module"
    bindings = module_from_spec(spec)
    spec.loader.exec_module(bindings)
    return bindings
