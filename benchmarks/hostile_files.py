"""Files made to hurt a mapper: deep nesting, huge lines, broken encodings, one endless token.

`hostile_files(count)` yields different ones each time round, the same for the same seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from context.logic.file_maps.registry import registry

SIZE = 512_000
# What opens a level, in one language or another.
OPENINGS = (
    *("{a:", "a<", "(", "[", "{", "a(", "<div>", "<a b='", "((a)", "-", "!", "*", "&a", "a.b("),
    *(
        "if x:\n ",
        "begin ",
        "do ",
        "fn(",
        "class A{",
        "namespace a{",
        "[[",
        "{{",
        "${",
        "`${",
        "<<",
    ),
    *("/*", "//", "#if A\n", "(* ", '"', "'''", "`", "@a(", "template<", "#[", "=begin\n", "<!--"),
    *("- ", "\\\n", "a ? ", "a:b:", "=>", "->", "case x of ", "let x = ", "function(){", "|", "~"),
)
ALPHABET = "(){}[]<>;:,.\"'`#@$%&*+-=/\\|~ ab1\n"
Maker = Callable[[random.Random], str]


def _in_lines(text: str) -> str:
    """With line ends, as a text of one huge line is not parsed at all."""
    return "\n".join(text[at : at + 199] for at in range(0, len(text), 199))


def _nested(chance: random.Random) -> str:
    unit = chance.choice(OPENINGS)
    text = unit * (chance.choice((20_000, 100_000, SIZE)) // len(unit))
    return text if chance.random() < 0.2 else _in_lines(text)


def _indented(chance: random.Random) -> str:
    opening = chance.choice(("if x:", "a:", "class A:", "- a:", "def f():", "module A", "begin"))
    return "".join(" " * depth + opening + "\n" for depth in range(chance.randrange(300, 1_000)))


def _huge_line(chance: random.Random) -> str:
    word = chance.choice(("a = 1; ", "def f(): pass; ", "<b>x</b>", "word ", "int f(int a){} "))
    return word * (SIZE // len(word))


def _one_token(chance: random.Random) -> str:
    filler = chance.choice(("a", "1", "é", " ", "\t", "\n", "_", "=", "\\", "x\n", "a-"))
    start = chance.choice(("", '"', "'", "/*", "#", "//", '"""', "`", "<", "class ", "def "))
    return start + filler * (SIZE // len(filler.encode()))


def _invalid_bytes(chance: random.Random) -> str:
    """As a client sends bytes that are no UTF-8: every one of them replaced."""
    return chance.randbytes(chance.choice((4_000, 170_000))).decode("utf-8", "replace")


def _nul_bytes(chance: random.Random) -> str:
    return "x = 1\n" * chance.choice((1, 3_000)) + "\0" * chance.choice((1, 100_000)) + "f()\n"


def _surrogates(chance: random.Random) -> str:
    return "def f(): '\ud800'\n" * chance.choice((1, 1_000))


def _noise(chance: random.Random) -> str:
    return "".join(chance.choices(ALPHABET, k=chance.choice((3_000, 40_000, 200_000))))


def _words(chance: random.Random) -> str:
    words = (
        "class def function fn if else for return struct enum ( ) { } [ ] < > ; : , . = => -> end"
        " begin do let var type interface impl module # // /* */ \" ' ` a b c 1 2 \n \n \n"
    ).split(" ")
    return " ".join(chance.choices(words, k=chance.choice((2_000, 60_000))))


def _many_definitions(chance: random.Random) -> str:
    line = chance.choice(
        ("def f{}(): pass\n", "int f{}(int a);\n", "function f{}() {{}}\n", "type A{} = B;\n")
    )
    return "".join(line.format(number) for number in range(20_000))


MAKERS: tuple[Maker, ...] = (
    *(_nested, _nested, _nested, _indented, _huge_line, _one_token, _invalid_bytes),
    *(_nul_bytes, _surrogates, _noise, _noise, _words, _many_definitions),
)


def hostile_files(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Paths of all languages in turn, with texts of all makers; no text comes twice."""
    chance = random.Random(seed)
    languages = [table for table in registry().by_name.values() if table.extensions]
    for number in range(count):
        extension = chance.choice(languages[number % len(languages)].extensions)
        text = MAKERS[chance.randrange(len(MAKERS))](chance)
        yield f"hostile{number}{extension}", f"{text}\n{seed} {number}"
