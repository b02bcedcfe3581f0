"""What C's preprocessor hides from grammars, blanked so that every offset stays.

No grammar can know that `API_EXPORT` is nothing, or that both branches of an `#if` open the same
brace.
"""

from __future__ import annotations

import re

# Macros in front of a declaration, with or without arguments, and after a parameter list.
_SHOUTED = rb"(?:[A-Z][A-Z0-9]*_[A-Z0-9_]*|[A-Z]{3,}[A-Z0-9]*)"
_MACRO = rb"(?:" + _SHOUTED + rb"|__\w+)"
_ARGUMENTS = rb"(?:[ \t]*\((?:[^()\n;{}]|\([^()\n;{}]*\))*\))"
_NOT_A_MACRO = rb"(?!(?:__int64|__int32|__m128|__m256|FILE|DIR|NULL|BOOL|DWORD|HANDLE)\b)"
# A directive is found first, so that nothing in it is taken for one of these.
_DIRECTIVE = rb"^[ \t]*(?P<directive>#)(?:[^\\\n]|\\[^\n]|\\\n)*"
_BEFORE = re.compile(
    _DIRECTIVE
    + rb"|\b"
    + _NOT_A_MACRO
    + _MACRO
    + _ARGUMENTS
    + rb"?(?=[ \t]+[*&]*[A-Za-z_~]|\s*\n[ \t]*[*&]*[A-Za-z_~])",
    re.MULTILINE,
)
_AFTER = re.compile(
    rb"(\)(?:\s*\b(?:const|override|final|noexcept)\b)?)((?:\s+\b"
    + _MACRO
    + rb"\b"
    + _ARGUMENTS
    + rb"?){1,4})(?=\s*[;{])"
)
# A call of a macro on a line of its own, without a semicolon.
_ALONE = re.compile(
    rb"^[ \t]*"
    + _MACRO
    + rb"[ \t]*\([^;{}]{0,2000}?\)[ \t]*$(?!\s*[{,;:=])|^[ \t]*"
    + _MACRO
    + rb"[ \t]*$",
    re.MULTILINE,
)
# The same at the margin, where it is no enumerator and no call in a function.
_AT_MARGIN = re.compile(
    rb"^" + _MACRO + rb"(?:[ \t]*\([^;{}()]*(?:\([^;{}()]*\)[^;{}()]*)*\))?[ \t]*$(?!\s*[{,;:=.-])",
    re.MULTILINE,
)


# What can be told from a type at once: calls as statements, lines between statements, and what
# stands in front of a type and a name.
_STATEMENT = re.compile(
    rb"^[ \t]*(?:static )?"
    + _MACRO
    + rb"\((?:[^();{}]|\((?:[^();{}]|\([^();{}]*\))*\))*\)[ \t]*;[ \t]*(?=//|/\*|$)"
    rb"|(?<=[;{}:]\n)[ \t]+" + _MACRO + rb"[ \t]*$(?!\s*[},=({;:])",
    re.MULTILINE,
)
_BEFORE_TYPE = re.compile(
    _DIRECTIVE
    + rb"|\b"
    + _NOT_A_MACRO
    + _SHOUTED
    + _ARGUMENTS
    + rb"?(?=[ \t]+[a-z][\w:]*[ \t*&]+[A-Za-z_~])",
    re.MULTILINE,
)


# Between `class` and a name that is followed by what only a definition has.
_BEFORE_CLASS = re.compile(
    rb"\b(class|struct|union)((?:[ \t]+(?:"
    + _MACRO
    + _ARGUMENTS
    + rb"?|\[\[[^\]\n]*\]\]))+)(?=\s+[A-Za-z_][\w:]*(?:<[^{};]*>)?(?:\s+final)?\s*[:{])"
)


def without_class_macros(source: bytes) -> bytes:
    """Blank macros in front of a class's name: with one, a grammar takes it for a function."""
    return _BEFORE_CLASS.sub(_keep_first, source)


# Before the star of a pointer to a function, whose name it would be taken for.
_CONVENTION = re.compile(rb"(\([ \t]*)(" + _MACRO + rb")(?=[ \t]*\*[ \t]*\w+[ \t]*\)[ \t]*\()")


def without_macro_lines(source: bytes) -> bytes:
    """Blank macros on lines of their own: they turn what follows into something else."""
    return _CONVENTION.sub(_keep_first, _AT_MARGIN.sub(_blank, source))


def without_plain_macros(source: bytes) -> bytes:
    """Blank what can only be macros, whatever they stand for."""
    source = _BEFORE_TYPE.sub(_blank_code, _STATEMENT.sub(_blank, source))
    return _AFTER.sub(_keep_first, source)


def _keep_first(found: re.Match[bytes]) -> bytes:
    return found[1] + _spaces(found[2])


def _blank(found: re.Match[bytes]) -> bytes:
    return _spaces(found[0])


def _blank_code(found: re.Match[bytes]) -> bytes:
    return found[0] if found["directive"] else _spaces(found[0])


def without_macros(source: bytes) -> bytes:
    """Blank what looks like macros: no grammar can know that `API_EXPORT` is nothing."""
    source = _BEFORE.sub(_blank_code, _ALONE.sub(_blank, source))
    return _AFTER.sub(_keep_first, source)


_CONDITION = re.compile(rb"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b.*$", re.MULTILINE)


def first_branches(source: bytes) -> bytes:
    """Blank all conditional lines and every branch but the first of each condition."""
    result = bytearray(source)
    skipped_from: list[int] = []
    for found in _CONDITION.finditer(source):
        word = found[1]
        if word.startswith(b"if"):
            skipped_from.append(-1)
        elif skipped_from:
            if word in (b"elif", b"else"):
                if skipped_from[-1] < 0:
                    skipped_from[-1] = found.start()
            else:
                begin = skipped_from.pop()
                if begin >= 0:
                    result[begin : found.end()] = _spaces(source[begin : found.end()])
        result[found.start() : found.end()] = _spaces(found[0])
    return bytes(result)


_TO_BLANKS = bytes(sign if sign == ord("\n") else ord(" ") for sign in range(256))


def _spaces(text: bytes) -> bytes:
    return text.translate(_TO_BLANKS)
