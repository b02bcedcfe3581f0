"""Snippets in which a line was forgotten, or that fit several places: none may be certain.

Each stands for a class of real replies; the same snippet with its line is accepted.
"""

import pytest

from execution.logic.edits import Placement, place_edit

REF = "// ... existing code ...\n"


def place(original: str, snippet: str, says: str, path: str = "a.js") -> Placement:
    return place_edit(original=original, snippet=snippet, description=says, path=path)


JOBS = "".join(
    f"class {name}Job:\n    kind = '{name}'\n\n    def run(self):\n        text = self.render()\n"
    "        self.send(text)\n        return True\n\n    def close(self):\n"
    f"        self.end('{name}')\n\n\n"
    for name in ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
)
PY_REF = "# ... existing code ...\n"
RUN = (
    "    def run(self):\n        text = self.render()\n        try:\n"
    "            self.send(text)\n        except OSError:\n            return False\n"
    "        return True\n\n"
)
SAYS_RUN = "Type: replace\nContext: between `text = self.render()` and `return True`"


def test_a_method_that_six_classes_have_is_not_that_of_the_first() -> None:
    snippet = PY_REF + "\n" + RUN + PY_REF
    placement = place(JOBS, snippet, SAYS_RUN, "jobs.py")
    assert placement.status == "verify"
    assert "ambiguous_location" in placement.reasons


def test_the_header_of_the_class_says_which_one() -> None:
    inner = "    " + PY_REF
    snippet = PY_REF + "class FourthJob:\n" + inner + "\n" + RUN + inner + "\n" + PY_REF
    placement = place(JOBS, snippet, SAYS_RUN, "jobs.py")
    head, tail = JOBS.split("class FourthJob")
    old = "        self.send(text)\n"
    new = "        try:\n            self.send(text)\n        except OSError:\n"
    assert placement.text == head + "class FourthJob" + tail.replace(
        old, f"{new}            return False\n", 1
    )
    assert placement.status == "accepted"


FILE = """\
function open(shop) {
  const day = shop.day;
  // Doors are heavy
  shop.door();
  shop.light(day);
  if (!day) {
    shop.warn("it is dark in the whole shop");
    return null;
  }
  shop.count = 0;
  return shop;
}

function close(shop) {
  shop.door();
  return null;
}
"""


CERTAIN = {
    "a comment": (
        "  // Doors are heavy\n  shop.unlock();\n  shop.door();\n",
        "Type: add\nContext: Located between `// Doors are heavy` and `shop.door();`",
    ),
    "a quoted line": (
        "  shop.light(day);\n  if (!day) {\n    shop.warn(\"dark\");\n    return null;\n  }\n"
        "  // Plandex: removed code\n  return shop;\n",
        "Type: replace\nContext: Located between `if (!day) {` and `return null;`\n"
        "Type: remove\nContext: Located between `}` and `return shop;`",
    ),
    "a line outside of exact ranges": (
        "  const day = shop.night;\n  // Doors are heavy\n  shop.gate();\n  shop.light(day);\n",
        "Type: replace\nReplace: line 2\nType: replace\nReplace: line 4",
    ),
}  # fmt: skip
WITHOUT = {
    "a comment": ("  // Doors are heavy\n", "\n"),
    "a quoted line": ("    return null;\n", ""),
    "a line outside of exact ranges": ("  // Doors are heavy\n", ""),
}


@pytest.mark.parametrize("name", CERTAIN)
def test_a_forgotten_line_leaves_doubt(name: str) -> None:
    shown, says = CERTAIN[name]
    lead = "function open(shop) {\n  // ... existing code ...\n"
    tail = "  // ... existing code ...\n}\n\n" + REF
    if name == "a line outside of exact ranges":
        lead = "function open(shop) {\n"
    if name == "a quoted line":
        tail = "}\n\n" + REF
    assert place(FILE, lead + shown + tail, says).status == "accepted"
    line, instead = WITHOUT[name]
    assert place(FILE, lead + shown.replace(line, instead, 1) + tail, says).status != "accepted"


def test_the_end_of_a_snippet_is_not_the_end_of_the_file() -> None:
    """The explanation names the line above only; nobody wrote the reference for the rest."""
    original = "steps:\n- name: make\n  run: make all\n- name: build\n  run: build\n"
    snippet = "steps:\n- name: make\n  run: make all -j2\n"
    placement = place(original, snippet, "Type: replace\nContext: after `- name: make`", "a.yml")
    assert placement.status != "accepted" or placement.text == original.replace("all", "all -j2")


def test_a_block_that_comes_twice_lost_a_line() -> None:
    step = "- uses: node\n  with:\n    version: 20\n    cache: npm\n- name: install\n"
    original = f"a:\n{step}  run: npm ci --old\n\nb:\n{step}  run: npm ci --old\n"
    says = "Type: replace\nReplace: line 7\nType: replace\nReplace: line 15"
    shown = f"a:\n{step}  run: npm ci\n\nb:\n{step}  run: npm ci\n"
    assert place(original, shown, says, "a.yml").status == "accepted"
    first, _, second = shown.rpartition("    version: 20\n")
    placement = place(original, first + second, says, "a.yml")
    assert placement.status != "accepted"


def test_a_key_between_changed_keys_is_missing() -> None:
    original = (
        "a {\n  top: 0;\n  color: dark-red;\n  icon: plain;\n  border: dark-red;\n  end: 0;\n}\n"
    )
    says = "Type: replace\nContext: Located between `top: 0;` and `end: 0;`"
    shown = (
        "a {\n  top: 0;\n  color: light-red;\n  icon: plain;\n  border: light-red;\n  end: 0;\n}\n"
    )
    assert place(original, shown, says, "a.css").status == "accepted"
    forgotten = shown.replace("  icon: plain;\n", "")
    assert place(original, forgotten, says, "a.css").status != "accepted"


def test_new_code_of_a_comment_and_a_gap_lost_what_it_speaks_of() -> None:
    original = 'import a from "a";\n\nimport b from "b";\n\nrun(a, b);\n'
    snippet = 'import a from "a";\n\n// not exported\n\n' + REF
    says = 'Type: add\nContext: Located after `import a from "a";`'
    assert place(original, snippet, says).reasons == ("open_header",)


def test_the_gap_at_the_end_of_a_file_stays_with_a_new_last_line() -> None:
    original = "one\ntwo\nthree\n\n\n"
    placement = place(original, "one\ntwo\nfour\n", "Type: replace\nReplace: line 3", "a.txt")
    assert placement.text == "one\ntwo\nfour\n\n\n"


def test_the_words_of_a_reference_are_one_without_the_signs_of_a_comment() -> None:
    snippet = "... existing code ...\n\n## Retries\n\nThree of them.\n"
    placement = place("# Mail\n\nSends mail.\n", snippet, "Type: append", "README.md")
    assert placement.text == "# Mail\n\nSends mail.\n\n## Retries\n\nThree of them.\n"
