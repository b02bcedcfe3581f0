"""Texts as lines: what must survive an edit byte for byte is taken off here and put back."""

from __future__ import annotations

from dataclasses import dataclass

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Text:
    """Lines without their ends, and how the file joins them."""

    lines: tuple[str, ...]
    eol: str
    ends: tuple[str, ...]  # the line end of each line, "" for a last line without one
    bom: bool
    final_newline: bool


def split_text(text: str) -> Text:
    """Split at LF and CRLF only; other separators are content of a line."""
    bom = text.startswith(BOM)
    if bom:
        text = text[1:]
    if not text:
        return Text((), "\n", (), bom, False)
    parts = text.split("\n")
    final_newline = parts[-1] == ""
    if final_newline:
        parts.pop()
    if "\r" in text:
        return _with_both_ends(parts, bom, final_newline)
    ended = ("\n",) * (len(parts) - (not final_newline))
    return Text(tuple(parts), "\n", ended if final_newline else (*ended, ""), bom, final_newline)


def _with_both_ends(parts: list[str], bom: bool, final_newline: bool) -> Text:
    lines: list[str] = []
    ends: list[str] = []
    crlf = 0
    for number, part in enumerate(parts):
        last = number == len(parts) - 1 and not final_newline
        if part.endswith("\r") and not last:
            crlf += 1
            lines.append(part[:-1])
            ends.append("\r\n")
        else:
            lines.append(part)
            ends.append("" if last else "\n")
    ended = len(parts) - (0 if final_newline else 1)
    eol = "\r\n" if crlf * 2 > ended else "\n"
    return Text(tuple(lines), eol, tuple(ends), bom, final_newline)


def join_lines(base: Text, lines: list[str], origins: list[int]) -> str:
    """Join result lines; a line that came from the original keeps its own end.

    ``origins`` holds the index of the original line, or -1 for new lines.
    """
    if not lines:
        return BOM if base.bom else ""
    last_end = base.ends[origins[-1]] if origins[-1] >= 0 else base.eol
    if base.eol == "\n" and "\r\n" not in base.ends:
        text = "\n".join(lines) + "\n"
    else:
        ends = [base.ends[origin] if origin >= 0 else base.eol for origin in origins]
        pairs = zip(lines, ends, strict=True)
        text = "".join(line + (end or base.eol) for line, end in pairs)
    if not base.final_newline and base.lines:
        text = text[: len(text) - len(last_end or base.eol)]
    return (BOM if base.bom else "") + text


def like_original(base: Text, text: str) -> str:
    """A whole new text in the file's line ends, with its BOM and its final newline."""
    new = split_text(text)
    if not base.lines:
        return text
    return join_lines(base, list(new.lines), [-1] * len(new.lines))
