from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from context.logic.tokens import count_tokens, pieces

SOURCE = Path(__file__).read_text()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("hello world", 2),
        ("<|endoftext|> hello", 8),
        ('func main() {\n\tfmt.Println("hi")\n}\n', 10),
        ("half a pair: \ud800", count_tokens("half a pair: ?")),
    ],
)
def test_counts(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_pieces_are_the_text() -> None:
    for size in (7, 40, 100, 1000, len(SOURCE)):
        parts = list(pieces(SOURCE, size))
        assert "".join(parts) == SOURCE
        assert max(map(len, parts)) <= size


def test_pieces_of_code_count_as_much_as_the_whole() -> None:
    whole = count_tokens(SOURCE)
    for size in (300, 500, 1000):
        parts = list(pieces(SOURCE, size))
        assert len(parts) > 1
        assert sum(map(count_tokens, parts)) == whole


def test_a_long_text_is_counted_in_pieces() -> None:
    times = 1_200_000 // len(SOURCE) + 1
    once, twice = count_tokens(SOURCE), count_tokens(SOURCE * 2)
    assert count_tokens(SOURCE * times) == once + (times - 1) * (twice - once)


@pytest.mark.parametrize("char", ["a", " ", "\n", "é", "🪙"])
def test_a_long_text_without_a_good_place_to_cut_is_counted(char: str) -> None:
    assert count_tokens(char * 1_100_000) > 0


def test_threads_count_at_the_same_time() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(count_tokens, [SOURCE] * 8)) == {count_tokens(SOURCE)}
