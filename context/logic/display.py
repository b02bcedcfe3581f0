"""How wide a text is on a terminal."""

import unicodedata


def display_width(text: str) -> int:
    """Columns: wide characters and emoji take two, combining marks and selectors none."""
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
