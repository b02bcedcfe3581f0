import pytest

from context.logic.display import display_width
from context.logic.items import ContextItem, ContextType
from context.logic.limits import Overflow
from context.logic.messages import (
    Row,
    load_message,
    overflow_message,
    remove_message,
    update_message,
    without_colour,
)
from tests.context.logic.items_for_tests import item

FILE = item(ContextType.FILE, "src/main.go", 123)
URL = item(ContextType.URL, "example.com", 5)
NOTE = item(ContextType.NOTE, "note", 7)
PIPED = item(ContextType.PIPED_DATA, "log", 8)
TREE = item(ContextType.DIRECTORY_TREE, "src", 9)
IMAGE = item(ContextType.IMAGE, "a.png", 258)
MAP = item(ContextType.MAP, "cwd", 10)


def test_load() -> None:
    assert load_message([FILE, URL], total=200, colour=False) == (
        "Loaded 1 file and 1 url into context | added → 128 🪙 |  total → 200 🪙\n"
        "\n"
        "+-----------------+------+------+\n"
        "|      NAME       | TYPE |  🪙  |\n"
        "+-----------------+------+------+\n"
        "|  📄 src/main.go | file | +123 |\n"
        "|  🌎 example.com | url  | +5   |\n"
        "+-----------------+------+------+"
    )


def test_colours_are_around_the_text_of_a_cell() -> None:
    coloured = load_message([FILE, URL], total=200)
    assert (
        "| \x1b[92;1m 🌎 example.com\x1b[0m | \x1b[92murl\x1b[0m  | \x1b[92m+5\x1b[0m   |"
        in coloured
    )
    assert without_colour(coloured) == load_message([FILE, URL], total=200, colour=False)


def test_every_icon_is_two_wide() -> None:
    everything = [FILE, URL, NOTE, PIPED, TREE, IMAGE, MAP]
    table = load_message(everything, total=1, colour=False).split("\n\n")[1].splitlines()
    assert {display_width(line) for line in table} == {len(table[0])}
    assert [line.split("|")[1].strip() for line in table[3:-1]] == [
        "📄 src/main.go",
        "🌎 example.com",
        "✏️  note",
        "↔️  log",
        "🗂  src",
        "🖼️  a.png",
        "🗺️  cwd",
    ]
    assert [line.split("|")[2].strip() for line in table[3:-1]] == [
        "file",
        "url",
        "note",
        "piped",
        "tree",
        "image",
        "map",
    ]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([FILE], "1 file"),
        ([FILE, FILE], "2 files"),
        ([IMAGE], "1 image"),
        ([FILE, NOTE], "a note and 1 file"),
        ([URL, FILE, NOTE], "a note, 1 file, and 1 url"),
        ([NOTE, NOTE, PIPED], "2 notes and piped data"),
        (
            [MAP, IMAGE, URL, URL, TREE, TREE, FILE, PIPED, NOTE],
            "a note, piped data, 1 file, 2 directory trees, 2 urls, 1 map, and 1 image",
        ),
        ([TREE], "1 directory tree"),
        ([MAP, MAP, IMAGE, IMAGE], "2 maps and 2 images"),
    ],
)
def test_what_was_loaded(items: list[ContextItem], words: str) -> None:
    assert load_message(items, total=1).startswith(f"Loaded {words} into context | added → ")


def test_nothing_loaded() -> None:
    message = load_message([], total=12)
    assert message == "Nothing loaded: it is all in context | added → 0 🪙 |  total → 12 🪙"


def test_update_up_and_down() -> None:
    rows = [Row(FILE, 0), Row(MAP, -20)]
    assert update_message(rows, total=50, colour=False) == (
        "Updated 1 file and 1 map in context | removed → 20 🪙 | total → 50 🪙\n"
        "\n"
        "+-----------------+------+-----+\n"
        "|      NAME       | TYPE | 🪙  |\n"
        "+-----------------+------+-----+\n"
        "|  📄 src/main.go | file | +0  |\n"
        "|  🗺️  cwd         | map  | -20 |\n"
        "+-----------------+------+-----+\n"
    )
    coloured = update_message(rows, total=50)
    assert "\x1b[92m+0\x1b[0m" in coloured
    assert "\x1b[91m-20\x1b[0m" in coloured


def test_update_names_every_kind() -> None:
    rows = [Row(one, 1) for one in (TREE, TREE, URL, IMAGE, NOTE, PIPED)]
    assert update_message(rows, total=1).startswith(
        "Updated 2 trees, 1 url, 1 image, 1 note, and 1 set of piped data in context | added → 6 🪙"
    )


def test_nothing_updated() -> None:
    assert update_message([], total=3) == "Nothing changed in context | added → 0 🪙 | total → 3 🪙"


def test_removal() -> None:
    assert remove_message([URL], total=0, colour=False) == (
        "Removed 1 piece of context | removed → 5 🪙 | total → 0 🪙\n"
        "\n"
        "+-----------------+------+----+\n"
        "|      NAME       | TYPE | 🪙 |\n"
        "+-----------------+------+----+\n"
        "|  🌎 example.com | url  | -5 |\n"
        "+-----------------+------+----+\n"
    )
    assert "\x1b[91;1m 🌎 example.com\x1b[0m" in remove_message([URL], total=0)


def test_removal_of_several_and_of_none() -> None:
    assert remove_message([URL, FILE], total=3).startswith(
        "Removed 2 pieces of context | removed → 128 🪙 | total → 3 🪙\n\n"
    )
    assert remove_message([], total=3) == (
        "Removed 0 pieces of context | removed → 0 🪙 | total → 3 🪙"
    )


def test_overflow() -> None:
    assert overflow_message(Overflow(10, 120, 100), verb="loaded") == (
        "Not loaded: would add 10 🪙 and exceed the token limit (100) by 20 🪙"
    )


def test_a_name_can_not_break_the_table() -> None:
    evil = item(ContextType.FILE, "a\nb\x1b[31mc", 1)
    assert "📄 a�b�[31mc |" in load_message([evil], total=1, colour=False)


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("é", 1), ("e\u0301", 1), ("漢字", 4), ("🪙", 2), ("✏️ ", 2), ("", 0)],
)
def test_width_on_a_terminal(text: str, width: int) -> None:
    assert display_width(text) == width
