"""How long placing an edit takes: `python -m benchmarks.edit_speed`.

Prints the time of a 200-line edit in files of 2,000 to 20,000 lines, each file another one. Then
that of input made to take long, for placing it and for judging texts that a model may answer with
for it, and fails when one of those takes longer than it may. Times are those of the processor, so
that a busy machine matters less.
"""

from __future__ import annotations

import sys
from time import process_time

from execution.logic.edits import Placement, check_candidate, place_edit

REF = "# ... existing code ...\n"
SIZES = (2_000, 5_000, 10_000, 20_000)
RUNS = 20
HOSTILE_LIMIT_S = 2.0
_BODY = "    x = a + {n}\n    if x > 3:\n        return None\n    return x\n\n"
_FUNCTION_LINES = 6

HOSTILE: dict[str, tuple[str, str, str]] = {
    "equal lines": ("x = 1\n" * 5000, REF + "x = 1\ny = 2\nx = 1\n" + REF, "a.py"),
    "blank file": ("\n" * 20_000, REF + "a\n" + REF, "a.py"),
    "only markers": ("a\nb\n" * 100, REF * 200, "a.py"),
    "two thousand references": (
        "if x:\n    return\n" * 5000,
        (REF + "if x:\n    return\n") * 2000,
        "a.py",
    ),
    "deep nesting": (
        "".join(" " * n + f"if a{n}:\n" for n in range(1500)),
        REF + " " * 700 + "if a700:\n" + " " * 701 + "new\n" + REF,
        "a.py",
    ),
    "deep brackets": ("(" * 100_000 + ")" * 100_000 + "\n", REF + "x\n" + REF, "a.js"),
    "a long line": ("a" * 10_000_000 + "\nb\n", REF + "b\nc\n", "a.py"),
    "long equal lines": (("a" * 100_000 + "\n") * 50, REF + "a" * 100_000 + "b\n" + REF, "a.py"),
    "repeated blocks": (
        '{\n  "a": 1,\n  "b": 2\n},\n' * 5000,
        REF + '{\n  "a": 1,\n  "b": 3\n},\n' + REF,
        "a.json",
    ),
    "fewer repeated blocks": (
        '{\n  "a": 1,\n  "b": 2\n},\n' * 4000,
        REF + '{\n  "a": 1,\n  "b": 3\n},\n' + REF,
        "a.json",
    ),
    "another file": (
        "".join(f"def f{n}():\n    return {n}\n\n" for n in range(2000)),
        "".join(f"def g{n}():\n    return {n + 1}\n\n" for n in range(1500)),
        "a.py",
    ),
    "marker words": ("a " * 50_000 + "\nb\n", "# rest" + " of" * 50_000 + "...\nb\nc\n", "a.py"),
    "deep tags": (
        "<div>" * 50_000 + "\n<p>x</p>\n" + "</div>" * 50_000 + "\n",
        "<!-- ... existing code ... -->\n<p>x</p>\n<p>y</p>\n<!-- ... existing code ... -->\n",
        "a.html",
    ),
    "long lines that are alike": (
        "".join("value = compute(" + "argument, " * 400 + f"{n})\n" for n in range(1500)),
        REF + "".join("value = compute(" + "argument, " * 400 + f"{n}, 1)\n" for n in range(300)),
        "a.py",
    ),
    "more equal lines": ("x = 1\n" * 50_000, REF + "x = 1\ny = 2\nx = 1\n" + REF, "a.py"),
    "ever deeper": (
        "".join(" " * n + f"if a{n}:\n" for n in range(3000)),
        REF + " " * 1500 + "if a1500:\n" + " " * 1501 + "new\n" + REF,
        "a.py",
    ),
    "paragraphs of another file": (
        "".join(f"x{n}\n\n" for n in range(900)),
        "".join(f"y{n}\n\n" for n in range(900)),
        "a.md",
    ),
    "repeated marker words": ("a\nb\n", REF + "b\n# " + "existing code " * 60_000 + "\n", "a.py"),
}


def long_file(lines: int) -> str:
    """Functions alike but for their names and one number."""
    return "".join(f"def f{n}(a):\n" + _BODY.format(n=n) for n in range(lines // _FUNCTION_LINES))


def long_edit(first: int, lines: int = 200) -> str:
    """So many lines of snippet, from the function with this number on."""
    functions = range(first, first + lines // _FUNCTION_LINES)
    return REF + "".join(f"def f{n}(a):\n" + _BODY.format(n=f"{n} + 1") for n in functions) + REF


def answers(original: str, snippet: str) -> list[str]:
    """Texts that a model may write: a new line within, all shown lines within, lines lost."""
    lines = original.split("\n")
    middle = len(lines) // 2
    shown = [line for line in snippet.split("\n") if "existing code" not in line][:200]
    return [
        "\n".join([*lines[:middle], "y = 2", *lines[middle:]]),
        "\n".join([*lines[:middle], *shown, *lines[middle:]]),
        "\n".join([*lines[:middle], *lines[middle + 3 :]]),
    ]


def timed_checks(original: str, snippet: str, description: str, path: str) -> float:
    """Seconds for the answer that takes longest to judge."""
    longest = 0.0
    for candidate in answers(original, snippet):
        started = process_time()
        check_candidate(
            original=original,
            snippet=snippet,
            description=description,
            path=path,
            candidate=candidate,
        )
        longest = max(longest, process_time() - started)
    return longest


def timed(original: str, snippet: str, description: str, path: str) -> tuple[float, Placement]:
    started = process_time()
    placement = place_edit(original=original, snippet=snippet, description=description, path=path)
    return process_time() - started, placement


def main() -> int:
    timed(long_file(200), long_edit(5, 60), "Type: replace", "a.py")  # grammars are loaded once
    print("lines    median      p95")
    for size in SIZES:
        original = long_file(size)
        places = [n * (size // _FUNCTION_LINES - 40) // RUNS for n in range(RUNS)]
        found = [
            timed(f"# {at}\n{original}", long_edit(at), "Type: replace", "a.py") for at in places
        ]
        assert all(placement.status == "accepted" for _, placement in found)
        times = sorted(seconds for seconds, _ in found)
        p95 = times[int((RUNS - 1) * 0.95)]
        print(f"{size:6} {times[RUNS // 2]:8.3f} {p95:8.3f}")
    print(f"\nhostile input, seconds to place and to judge; {HOSTILE_LIMIT_S} are allowed")
    too_slow = False
    for name, (original, snippet, path) in HOSTILE.items():
        description = "Type: overwrite" if name == "paragraphs of another file" else ""
        seconds, placement = timed(original, snippet, description, path)
        judged = timed_checks(original, snippet, description, path)
        too_slow |= max(seconds, judged) > HOSTILE_LIMIT_S
        outcome = f"{placement.status} ({', '.join(placement.reasons)})"
        print(f"{seconds:7.2f} {judged:7.2f}  {name}: {outcome}")
    return int(too_slow)


if __name__ == "__main__":
    sys.exit(main())
