"""Which import goes for a new one of the same source, by what the explanation says."""

import pytest

from execution.logic.edits import check_candidate
from execution.logic.edits.model.exchanges import Exchange, in_order_of

REF = "// ... existing code ...\n"
RUN = "pub fn run() -> u8 {\n    one()\n}\n\n"
MODULES = "pub mod pipeline;\npub mod report;\n\n"
OLD = "pub use pipeline::Pipeline;\npub use report::Format;\n"
NEW = "pub use pipeline::Pipeline;\npub use report::{formatter, Csv, Formatter, Json, Plain};\n"


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("Type: replace", False),
        ("Type: replace\nType: add", True),
        ("Type: add\nType: replace", True),
    ],
)
def test_only_where_all_is_replaced_it_goes_unsaid(said: str, refused: bool) -> None:
    checked = check_candidate(
        original=MODULES + OLD,
        snippet=REF + NEW,
        description=said,
        path="lib.rs",
        candidate=MODULES + NEW,
    )
    assert (checked.status == "refused") is refused, checked.reasons


@pytest.mark.parametrize(
    ("said", "refused"), [("Type: replace", True), ("Type: replace\nType: replace", False)]
)
def test_only_as_many_places_lose_lines_as_are_said_to(said: str, refused: bool) -> None:
    checked = check_candidate(
        original=RUN + MODULES + OLD,
        snippet=RUN.replace("one", "two") + REF + NEW,
        description=said,
        path="lib.rs",
        candidate=RUN.replace("one", "two") + MODULES + NEW,
    )
    assert (checked.status == "refused") is refused, checked.reasons


def _between(old: str, new: str, path: str = "a.rs") -> Exchange:
    return Exchange.between(old.splitlines(), new.splitlines(), path)


@pytest.mark.parametrize(
    ("old", "new", "path", "grown"),
    [
        ("use a::{B, C};", "use a::{B, C, D};", "a.rs", {0}),
        ("use a::{B, C};", "use a::{C, B};", "a.rs", {0}),
        ("use a::{B, C};", "use a::{B, D};", "a.rs", set()),
        ("use a::{B, C};", "use d::{B, C, D};", "a.rs", set()),
        ("use a::{B, C};", "pub use a::{B, C, D};", "a.rs", set()),
        ("import {\n  B,\n} from 'a';", "import { B, C } from 'a';", "a.ts", {0, 1, 2}),
        ("use a::B;\nuse a::C;", "use a::{B, C};", "a.rs", {0, 1}),
        ("use a::B;", "use a::B;", "a.rs", set()),
    ],
)
def test_a_statement_grows_where_its_names_come_back(
    old: str, new: str, path: str, grown: set[int]
) -> None:
    assert _between(old, new, path).grown() == grown


@pytest.mark.parametrize(
    ("old", "new", "written", "by_source", "replaced"),
    [
        ("use a::{B, C};", "use a::{B, C, D};", None, False, {0}),
        ("use a::B;", "use d::B;", None, False, {0}),
        ("use a::{B, C};", "use d::B;", None, False, set()),
        ("use a::{B, C};", "use a::B;", None, False, {0}),  # nothing uses the other one
        ("use a::{B, C};", "use a::B;\nfn run() -> C {}", None, False, set()),
        ("use a::{B, C, D};", "use a::B;\nfn run() -> C {}", None, False, set()),
        ("use a::{B, C};", "use a::B;\nfn run() -> C2 {}", None, False, {0}),
        ("use a::{B, C};", "use a::{B, D};\nfn run() -> C {}", None, False, {0}),
        ("use a::B;", "use a::C;", None, True, {0}),
        ("use a::B;", "use a::C;", None, False, set()),
        ("use a::B;", "pub use a::C;", None, True, set()),
        ("use a::B;", "use a::C;\nfn run() -> B {}", None, True, set()),
        ("use a::B;\nuse a::E;", "use a::C;\nuse a::E;", None, True, set()),
        ("use a::B;\nuse a::E;", "use a::C;", None, True, set()),
        ("use a::B;", "use d::C;", None, True, set()),
        ("use a::B;", "use a::{B, C};", "use x::Y;", False, set()),
        ("use a::B;", "use a::{B, C};", "  use a::{B, C};", False, {0}),
    ],
    ids=[
        "more names",
        "another source",
        "another source, and a name less",
        "a name less",
        "a name less that is used",
        "two names less of which one is used",
        "a name less, and a longer one is used",
        "other names, and one is used",
        "another name",
        "another name where that does not do",
        "another name in another way",
        "another name, and the old one is used",
        "two of the source, one stays",
        "two of the source, both go",
        "another name of another source",
        "the update does not write it",
        "the update writes it further in",
    ],
)
def test_a_new_statement_replaces_an_old_one(
    old: str, new: str, written: str | None, by_source: bool, replaced: set[int]
) -> None:
    shown = (written or new).splitlines()
    assert _between(old, new).replaced(shown, by_source=by_source) == replaced


@pytest.mark.parametrize(
    ("old", "new", "path", "doubles"),
    [
        ("use a::B;", "use a::B;\nuse a::{B, C};", "a.rs", True),
        ("use a::B;", "use a::B;\nuse d::B;", "a.rs", False),  # one may hold in a test only
        ("use a::B;", "use a::{B, C};", "a.rs", False),
        ("use a::B;", "use a::B;\nuse a::C;", "a.rs", False),
        ("import { B } from 'a';", "import { B } from 'a';\nimport { B } from 'd';", "a.ts", True),
        ("import { B } from 'a';", "import { B } from 'd';", "a.ts", False),
        ("use a::B;", "use a::B;\nuse a::B;", "a.rs", True),
    ],
)
def test_one_name_comes_in_once(old: str, new: str, path: str, doubles: bool) -> None:
    assert _between(old, new, path).doubles() is doubles


@pytest.mark.parametrize(
    ("candidate", "written", "ordered"),
    [
        ("use b::B;\nuse a::A;", "use a::A;\nuse b::B;", "use b::B;\nuse a::A;"),
        ("use b::B;\nuse a::A;", "use a::A;\n\nuse b::B;", None),  # not neighbours
        ("use b::B;\nuse a::A;\nuse b::B;", "use a::A;\nuse b::B;", None),  # no one place
        ("use b::B;", "use a::A;\nuse b::B;", None),
        ("use a::A;\nuse b::B;", "use a::A;\nuse b::B;", None),
        (
            "x\nuse c::C;\nuse b::B;\nuse a::A;",
            "use a::A;\nuse b::B;\nuse c::C;\nx",
            "use c::C;\nuse b::B;\nuse a::A;\nx",
        ),
    ],
)
def test_neighbours_take_the_order_of_the_candidate(
    candidate: str, written: str, ordered: str | None
) -> None:
    found = in_order_of(candidate.splitlines(), written.splitlines(), "a.rs")
    assert found == (ordered.splitlines() if ordered else None)
