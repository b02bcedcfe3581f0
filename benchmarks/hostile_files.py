"""Files made to hurt a mapper: deep nesting, huge lines, broken encodings, one endless token.

`hostile_files(count)` yields different ones each time round, the same for the same seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from benchmarks.hostile_grammar import grammar_bomb
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


def _lone_returns(chance: random.Random) -> str:
    """Lines that end as on machines of long ago: for most grammars it is all one line."""
    line = chance.choice(("def f(): pass", "class A {}", "# Title", "int f(int a);", "a: b"))
    return "\r".join(f"{line} {number}" for number in range(20_000))


def _sixteen_bits(chance: random.Random) -> str:
    """UTF-16 that was taken for UTF-8: a NUL after every letter, the first ones hidden."""
    hidden = "# plain\n" * chance.choice((0, 1_100))
    return hidden + "\0".join("class A: def f(self): return 1\n" * chance.choice((10, 5_000)))


def _huge_names(chance: random.Random) -> str:
    name = chance.choice(("a", "é", "_", "日本")) * chance.choice((5_000, 100_000))
    definition = chance.choice(
        (
            *("def {}(): pass\n", "class {} {{}}\n", "function {}() {{}}\n", "int {}(int a);\n"),
            *("# {}\n", "{}: 1\n", "[{}]\n", "<div id='{}'></div>\n", "{} = 1\n", "let {} = 1\n"),
        )
    )
    return "x\n" + definition.format(name) * 3


def _prefixes(chance: random.Random) -> str:
    """Quotes in quotes, lists in lists, tables in tables, documents in documents."""
    unit = chance.choice(
        ("> ", "- ", "* ", "1. ", "a.", "[", "  - a:\n", "<<A ", "<<-'B' ", "&a [*a, ")
    )
    line = unit * chance.choice((200, 5_000)) + "x"
    return "\n".join([line] * chance.choice((1, 50)))


def _doubling(chance: random.Random) -> str:
    """What grows when it is expanded: aliases, macros, templates."""
    line = chance.choice(
        (
            *(
                "a{n}: &a{n} [*a{p}, *a{p}]",
                "#define A{n} A{p} A{p}",
                "<!ENTITY a{n} '&a{p};&a{p};'>",
            ),
            *(
                "type A{n}<T> = A{p}<A{p}<T>>;",
                "A{n} = $(A{p})$(A{p})",
                "set(A{n} ${{A{p}}}${{A{p}}})",
            ),
            *(
                "using A{n} = B<A{p}, A{p}>;",
                "let a{n} = `${{a{p}}}${{a{p}}}`;",
                "m{n}!(m{p}!(m{p}!()));",
            ),
        )
    )
    return "".join(line.format(n=number, p=number - 1) + "\n" for number in range(1, 8_000))


def _elements(chance: random.Random) -> str:
    """Elements in elements in code, as deep as a file is long."""
    unit = chance.choice(
        ("<a>{", "<A b={<C>", "{#if a}<p>", "<script>`${`", "<template><div v-if='", "{{ {% ")
    )
    return "x = (\n" + "\n".join([unit * 20] * chance.choice((50, 1_000)))


def _slashes(chance: random.Random) -> str:
    """What may be a pattern or a division, a heredoc or a shift."""
    unit = chance.choice(
        ("a /b/ c /", "s/a/b/e; ", "%r{#{", "=~ m[[", "x <<E + <<E\n", "qw( q{ ", "/[/]/ / ")
    )
    return "\n".join([unit * 15] * chance.choice((100, 2_000)))


MAKERS: tuple[Maker, ...] = (
    *(_nested, _nested, _nested, _indented, _huge_line, _one_token, _invalid_bytes),
    *(_nul_bytes, _surrogates, _noise, _noise, _words, _many_definitions),
    *(_lone_returns, _sixteen_bits, _huge_names, _prefixes, _doubling, _elements, _slashes),
    *(grammar_bomb,) * 10,
)


# Names that no file has; a map is made of the text, whatever the path.
FOLDERS = (
    "",
    "../../",
    "/etc/",
    "C:\\",
    "a\nb/",
    "a\0b/",
    "é 日本/",
    "`x`/",
    "x/" * 2_000,
    "\ud800/",
)


def hostile_files(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Paths of all languages in turn, with texts of all makers; no text comes twice."""
    chance = random.Random(seed)
    languages = [table for table in registry().by_name.values() if table.extensions]
    for number in range(count):
        extension = chance.choice(languages[number % len(languages)].extensions)
        text = MAKERS[chance.randrange(len(MAKERS))](chance)
        folder = FOLDERS[number % len(FOLDERS)] if number % 3 == 0 else ""
        yield f"{folder}hostile{number}{extension}", f"{text}\n{seed} {number}"
