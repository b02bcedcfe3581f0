import pytest

from context.logic.items import ContextType
from context.logic.names import clean_name, name_from_text, unique_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Use tabs, never spaces.", "use-tabs-never-spaces"),
        ("one two three four five six seven", "one-two-three-four-five-six"),
        ("naïve Größe 漢字", "naïve-größe-漢字"),
        ("x" * 100, "x" * 40),
        ("a " + "y" * 50, "a"),
        ("", "note"),
        ("--- !!! ---", "note"),
        ("\x1b[31mred\x1b[0m", "31mred-0m"),
    ],
)
def test_first_words(text: str, name: str) -> None:
    assert name_from_text(text, ContextType.NOTE) == name


def test_piped_data_without_words() -> None:
    assert name_from_text("{}", ContextType.PIPED_DATA) == "piped-data"


def test_a_models_answer_becomes_one_line() -> None:
    assert clean_name("  deploy\n steps\t ") == "deploy steps"
    assert len(clean_name("x" * 1000)) == 255


def test_unique_names() -> None:
    assert unique_name("a", []) == "a"
    assert unique_name("a", ["a"]) == "a-2"
    assert unique_name("a", ["a", "a-2"]) == "a-3"
