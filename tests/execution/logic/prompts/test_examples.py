"""Edits as the coder's text asks for them are placed without a second look."""

import pytest

from execution.logic.edits import place_edit
from execution.logic.prompts.render import render

STORE = '''import os
import sys


class Note:
    pass


class Store:
    """Notes in a file."""

    def open(self, path):
        if path:
            self.file = None
        self.file = open(path)

    def close(self):
        self.file.close()

    def dump(self):
        print(self.file)

    def size(self):
        return 0
{rest}'''
OTHERS = (
    "",
    "\n    def last(self):\n        return None\n",
    "\n\ndef main():\n    print(sys.argv)\n",
    "\n    def last(self):\n        return None\n\n\ndef main():\n    print(sys.argv)\n",
)


@pytest.mark.parametrize("rest", OTHERS)
def test_the_example_of_the_text_itself(rest: str) -> None:
    text = render("implementation").split("# Edits")[1]
    description, _, block = text.partition("- src/store.py:\n")
    snippet = block.split(">\n", 1)[1].split("</PlandexBlock>")[0]
    original = STORE.format(rest=rest)
    placement = place_edit(
        original=original, snippet=snippet, description=description, path="src/store.py"
    )
    assert placement.status == "accepted"
    load = "    def load(self):\n        return json.load(self.file)\n\n"
    assert placement.text == "import json\n" + original.replace(
        "    def dump(self):\n        print(self.file)\n\n", ""
    ).replace("    def close", load + "    def close")


SERVER = """package main

import (
	"fmt"
	"net/http"
)

func routes(mux *http.ServeMux) {
	mux.HandleFunc("/health", health)
	mux.HandleFunc("/items", items)
}

func health(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "ok")
}

func items(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "[]")
}
"""
SERVER_EDIT = """package main

import (
	"fmt"
	"net/http"
	"time"
)

func routes(mux *http.ServeMux) {
	// ... existing code ...
	mux.HandleFunc("/items", items)
	mux.HandleFunc("/time", clock)
}

// ... existing code ...

func items(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "[]")
}

func clock(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, time.Now())
}
"""
SERVER_AFTER = (
    SERVER.replace('net/http"\n', 'net/http"\n\t"time"\n').replace(
        'items", items)\n', 'items", items)\n\tmux.HandleFunc("/time", clock)\n'
    )
    + "\nfunc clock(w http.ResponseWriter, r *http.Request) {\n\tfmt.Fprintln(w, time.Now())\n}\n"
)

LIST = """import React from "react";

export function List({ items }) {
  const sorted = [...items].sort();

  return (
    <div>
      <h1>Items</h1>
      <ul>
        {sorted.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
      <footer>{items.length} items</footer>
    </div>
  );
}

export default List;
"""
LIST_EDIT = """import React, { useState } from "react";

export function List({ items }) {
  const [filter, setFilter] = useState("");
  const sorted = [...items].sort();

  return (
    <div>
      <h1>Items</h1>
      <input value={filter} onChange={(e) => setFilter(e.target.value)} />
      <ul>
        {/* ... existing code ... */}
      </ul>
      {/* ... existing code ... */}
    </div>
  );
}

// ... existing code ...
"""
LIST_AFTER = (
    LIST.replace("import React", "import React, { useState }")
    .replace("  const s", '  const [filter, setFilter] = useState("");\n  const s')
    .replace(
        "      <ul>",
        "      <input value={filter} onChange={(e) => setFilter(e.target.value)} />\n      <ul>",
    )
)

PACKAGE = '{\n  "name": "demo",\n  "scripts": {\n    "test": "jest"\n  },\n  "main": "a.js"\n}\n'
PACKAGE_EDIT = (
    '{\n  // ... existing code ...\n  "scripts": {\n    "test": "jest",\n'
    '    "lint": "eslint ."\n  },\n  // ... existing code ...\n}\n'
)
PACKAGE_AFTER = PACKAGE.replace('jest"\n', 'jest",\n    "lint": "eslint ."\n')

ORDERS = """import io
import unittest

from shop.prices import total
from shop.cart import Cart


class CartTest(unittest.TestCase):
    def test_total(self):
        for number in (1, 2, 3):
            self.assertEqual(total(Cart(number)), number)


if __name__ == "__main__":
    unittest.main()
"""
ORDERS_EDIT = """# ... existing code ...
import unittest

# Plandex: removed code
from shop.cart import Cart
from shop.sums import total


class CartTest(unittest.TestCase):
            # ... existing code ...
            self.assertEqual(total(Cart(number)), number)

    def test_empty(self):
        self.assertEqual(total(Cart(0)), 0)


if __name__ == "__main__":
    # ... existing code ...
"""
ORDERS_AFTER = (
    ORDERS.replace("from shop.prices import total\n", "")
    .replace("import Cart\n", "import Cart\nfrom shop.sums import total\n")
    .replace(
        "\n\n\nif",
        "\n\n    def test_empty(self):\n        self.assertEqual(total(Cart(0)), 0)\n\n\nif",
    )
)


@pytest.mark.parametrize(
    ("path", "original", "snippet", "expected", "types"),
    [
        ("main.go", SERVER, SERVER_EDIT, SERVER_AFTER, ["add", "add", "append"]),
        ("src/List.jsx", LIST, LIST_EDIT, LIST_AFTER, ["replace", "add", "add"]),
        ("test_cart.py", ORDERS, ORDERS_EDIT, ORDERS_AFTER, ["replace", "add"]),
        ("package.json", PACKAGE, PACKAGE_EDIT, PACKAGE_AFTER, ["add"]),
    ],
)
def test_edits_by_its_rules_in_other_languages(
    path: str, original: str, snippet: str, expected: str, types: list[str]
) -> None:
    description = "\n".join(f"Change {n}.\nType: {kind}" for n, kind in enumerate(types, 1))
    placement = place_edit(original=original, snippet=snippet, description=description, path=path)
    assert placement.text == expected
    assert placement.status == "accepted"
