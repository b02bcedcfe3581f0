"""What import statements give, and which texts of a model may replace them."""

import pytest

from execution.logic.edits import Placement, check_candidate
from execution.logic.edits.model.exchanges import in_order_of
from execution.logic.edits.model.imports import imports_in


@pytest.mark.parametrize(
    ("path", "text", "kind", "source", "names"),
    [
        ("a.ts", 'import { A, type B, C as D } from "./x";', "import", "./x", "A B D"),
        ("a.ts", 'import type { A } from "./x";', "import type", "./x", "A"),
        ("a.tsx", "import React, { useState } from 'react'", "import", "react", "React useState"),
        ("a.js", "import * as all from './x';", "import", "./x", "all"),
        ("a.js", "const { join } = require('path');", "const", "path", "join"),
        ("a.ts", "import {\n  A, // first\n  B,\n} from './x';", "import", "./x", "A B"),
        ("a.py", "from a.b import c as d, e  # noqa", "from", "a.b", "d e"),
        ("a.py", "from . import (\n    c,\n    d,\n)", "from", ".", "c d"),
        ("a.py", "import a.b as c", "import", "a.b", "c"),
        ("a.py", "import os.path", "import", "os.path", "os.path"),
        ("a.rs", "pub use report::Format;", "pub use", "report", "Format"),
        ("a.rs", "use a::{self, b::C, d::{E as F, G}};", "use", "a", "a C F G"),
        ("a.rs", "pub(crate) use a::b;", "pub(crate) use", "a", "b"),
        ("A.java", "import static a.b.C.d;", "import static", "a.b.C", "d"),
        ("A.kt", "import a.b.C as D", "import", "a.b", "D"),
        ("a.php", "use App\\Models\\User;", "use", "App.Models", "User"),
    ],
)
def test_a_statement_is_read(path: str, text: str, kind: str, source: str, names: str) -> None:
    (found,) = imports_in(["", *text.split("\n")], path)
    assert (found.kind, found.source, found.names) == (kind, source, frozenset(names.split()))
    assert list(found.numbers) == list(range(1, 2 + text.count("\n")))


def test_exported_names_are_their_own() -> None:
    text = ["export { A } from 'x';", "import { A } from 'x';", "export * from 'y';"]
    assert [one.names for one in imports_in(text, "a.ts")] == [
        {"export A"},
        {"A"},
        {"export * of y"},
    ]


@pytest.mark.parametrize(
    ("path", "first", "second"),
    [
        ("a.rs", "use a::*;", "use b::*;"),
        ("a.py", "from a import *", "from b import *"),
        ("a.scala", "import a._", "import b._"),
        ("A.java", "import a.*;", "import b.*;"),
    ],
)
def test_all_names_of_two_sources_are_not_the_same(path: str, first: str, second: str) -> None:
    one, other = imports_in([first, second], path)
    assert not one.names & other.names


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", 'import "./effects";'),
        ("a.ts", "const value = read('x');"),
        ("a.ts", "import {\n  A,\n"),
        ("a.ts", "import(name).then(run);"),
        ("a.py", "    from a import b"),
        ("a.py", "from here on it is"),
        ("a.py", "import a, b"),
        ("a.rs", "#[cfg(unix)]\nuse a::B;"),
        ("a.rs", "pub mod a;"),
        ("a.c", "#include <a.h>"),
    ],
)
def test_other_lines_are_none(path: str, text: str) -> None:
    assert imports_in(text.split("\n"), path) == []


TS = """\
import { search } from "../core/search";
import { formatDate } from "../core/types";
import type { Item, ItemFilter, Store } from "../core/types";
import { log } from "../log";

export function view(item: Item, filter: ItemFilter): string {
  log(item, filter, search);
  return formatDate(item.createdAt);
}
"""
SORTED = """\
import { formatDate } from "../core/dates";
import { search } from "../core/search";
import type { ItemFilter, ShelfItem, Store } from "../core/types";
"""
IN_PLACE = """\
import { search } from "../core/search";
import { formatDate } from "../core/dates";
import type { ItemFilter, ShelfItem, Store } from "../core/types";
"""
REF = "// ... existing code ...\n"


def _ts(imports: str, rest: str = 'import { log } from "../log";\n') -> str:
    return imports + rest + TS[TS.index("\nexport") :]


def _check(original: str, snippet: str, said: str, path: str, candidate: str) -> Placement:
    return check_candidate(
        original=original, snippet=snippet, description=said, path=path, candidate=candidate
    )


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (_ts(SORTED), None),
        (_ts(IN_PLACE), None),
        (_ts(SORTED, ""), "lines_lost"),
        (_ts(IN_PLACE, ""), "lines_lost"),
        (_ts(SORTED + TS.split("\n")[1] + "\n"), "import_doubled"),
        (_ts(SORTED + TS.split("\n")[2] + "\n"), "import_doubled"),
        (_ts(SORTED.replace(", Store", "")), "not_the_edit"),
        (_ts(SORTED.partition("\n")[2]), "not_the_edit"),
        (_ts(IN_PLACE).replace("  log(item, filter, search);\n", ""), "lines_lost"),
    ],
    ids=[
        "in the order of the update",
        "in the order of the file",
        "another import gone",
        "another import gone, in the order of the file",
        "the old form of one stays",
        "the old form of the list stays",
        "a name of the update missing",
        "a statement of the update missing",
        "a line of code gone",
    ],
)
def test_rewritten_imports(candidate: str, reason: str | None) -> None:
    said = "Type: replace\nSummary: imports"
    checked = _check(TS, SORTED + "\n" + REF, said, "routes.ts", candidate)
    assert checked.status == ("refused" if reason else "accepted"), checked.reasons
    assert reason is None or reason in checked.reasons


LISTED = """\
import {
  Item,
  ItemFilter,
} from "../core/types";
import { log } from "../log";

log(ItemFilter);
"""
RELISTED = LISTED.replace("  Item,\n", "").replace("ItemFilter,\n", "ItemFilter,\n  ShelfItem,\n")


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        (RELISTED[: RELISTED.index("import { log")], "accepted"),
        (f"import {{\n  {REF}  ShelfItem,\n}} from '../core/types';\n", "refused"),
    ],
    ids=["whole", "with a reference"],
)
def test_a_list_loses_names_only_where_it_is_written_whole(shown: str, status: str) -> None:
    checked = _check(LISTED, shown + "\n" + REF, "Type: replace", "a.ts", RELISTED)
    assert checked.status == status, checked.reasons


RS = """\
pub mod pipeline;
pub mod report;

pub use pipeline::Pipeline;
pub use report::Format;
"""
EXPORTS = "pub use pipeline::Pipeline;\npub use report::{formatter, Csv, Formatter, Json, Plain};\n"


@pytest.mark.parametrize(
    ("original", "said", "candidate", "status"),
    [
        (RS, "Type: replace", RS.replace(RS[RS.index("pub use") :], EXPORTS), "accepted"),
        (RS, "Type: replace", "pub mod pipeline;\n\n" + EXPORTS, "refused"),
        (RS, "Type: add", RS.replace(RS[RS.index("pub use") :], EXPORTS), "refused"),
        (
            RS + "pub use report::Line;\n",
            "Type: replace",
            RS.replace(RS[RS.index("pub use") :], EXPORTS),
            "refused",
        ),
        (
            RS + "pub use filter::Filter;\n",
            "Type: replace",
            RS.replace(RS[RS.index("pub use") :], EXPORTS),
            "refused",
        ),
        (
            "fn read() -> Format {}\n" + RS,
            "Type: replace",
            "fn read() -> Format {}\n" + RS.replace(RS[RS.index("pub use") :], EXPORTS),
            "refused",
        ),
    ],
    ids=[
        "the only one of its source",
        "a module goes as well",
        "declared as added",
        "two of the source go",
        "one of another source goes",
        "its name is used",
    ],
)
def test_other_names_of_one_source(original: str, said: str, candidate: str, status: str) -> None:
    checked = _check(original, REF + EXPORTS, said, "lib.rs", candidate)
    assert (checked.status == "refused") == (status == "refused"), checked.reasons


USES = """\
use feedline::{Filter, Level};

fn run(filter: Filter) {}

#[test]
fn first() {
    run(Filter::default());
}
"""
ADDED = "#[test]\nfn second() {\n    run(Filter::new());\n}\n"


@pytest.mark.parametrize(
    ("uses", "status"),
    [
        ("use feedline::{Filter, Format, Level};", "accepted"),
        ("use feedline::{Filter, Format};", "refused"),
        ("use feedlines::{Filter, Format, Level};", "refused"),
    ],
    ids=["grown", "a name lost", "another source"],
)
def test_added_code_may_make_an_import_grow(uses: str, status: str) -> None:
    candidate = USES.replace(USES.split("\n")[0], uses) + "\n" + ADDED
    snippet = f"{uses}\n\n{REF}\n{ADDED}"
    checked = _check(USES, snippet, "Type: add\nSummary: a test", "feed.rs", candidate)
    assert checked.status == status, checked.reasons


def test_the_order_of_neighbours_only_is_taken_over() -> None:
    first, second, third = "import a", "import b", "import c"
    written = [second, first, "", third]
    assert in_order_of([third, first, second], written, "x.py") == [first, second, "", third]
    assert in_order_of([second, first, third], written, "x.py") is None
    assert in_order_of([first, third], written, "x.py") is None
    assert in_order_of([first, second, first], [second, first], "x.py") is None
