from datetime import timedelta

import pytest

from context.logic.items import (
    ContextType,
    MapParts,
    context_type,
    item_decode,
    item_encode,
    items_decode,
    later_than,
    map_parts_decode,
    map_parts_encode,
    parts_decode,
    parts_encode,
)
from tests.context.logic.items_for_tests import NOON, item

SECOND = timedelta(seconds=1)


def test_an_item_survives_storage() -> None:
    stored = item(
        ContextType.MAP,
        url="u",
        file_path="src",
        sha="00",
        body_size=3,
        force_skip_ignore=True,
        image_detail="low",
        auto_loaded=True,
        map_shas={"a": "1"},
        map_tokens={"a": 2},
        map_sizes={"a": 3},
    )
    assert item_decode(item_encode(stored)) == stored


def test_stored_items_come_in_the_order_of_loading() -> None:
    late, early = item(name="b", created_at=NOON + SECOND), item(name="c")
    blobs = {one.id: item_encode(one) for one in (late, early)}
    assert items_decode(blobs) == [early, late]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("file", ContextType.FILE),
        ("url", ContextType.URL),
        ("note", ContextType.NOTE),
        ("image", ContextType.IMAGE),
        ("directory tree", ContextType.DIRECTORY_TREE),
        ("directoryTree", ContextType.DIRECTORY_TREE),
        ("piped data", ContextType.PIPED_DATA),
        ("pipedData", ContextType.PIPED_DATA),
        ("map", ContextType.MAP),
        ("directoryMap", ContextType.MAP),
        ("folder", None),
        ("", None),
    ],
)
def test_words_of_both_dialects(word: str, kind: ContextType | None) -> None:
    assert context_type(word) is kind


def test_map_parts_are_changed_added_and_removed() -> None:
    old = MapParts(
        bodies={"a": "A", "b": "B", "c": "C"},
        shas={"a": "1", "b": "2", "c": "3"},
        tokens={"a": 1, "b": 2, "c": 3},
        sizes={"a": 1, "b": 2, "c": 3},
    )
    new = MapParts(bodies={"b": "BB", "d": "D"}, shas={"b": "22"}, tokens={"b": 22})
    assert old.changed(new, removed=["c", "x"]) == MapParts(
        bodies={"a": "A", "b": "BB", "d": "D"},
        shas={"a": "1", "b": "22", "d": ""},
        tokens={"a": 1, "b": 22, "d": 0},
        sizes={"a": 1, "b": 0, "d": 0},
    )


def test_map_parts_survive_storage() -> None:
    parts = MapParts(bodies={"a": "é\n"}, shas={"a": "1"}, tokens={"a": 1}, sizes={"a": 2})
    assert map_parts_decode(map_parts_encode(parts)) == parts
    assert parts_decode(parts_encode(parts.bodies)) == parts.bodies
    assert parts_decode(None) == {}


def test_load_times_always_grow() -> None:
    held = [item(created_at=NOON + SECOND), item(created_at=NOON)]
    assert later_than([], NOON) == NOON
    assert later_than(held, NOON + 2 * SECOND) == NOON + 2 * SECOND
    assert later_than(held, NOON) == NOON + SECOND + timedelta(microseconds=1)
