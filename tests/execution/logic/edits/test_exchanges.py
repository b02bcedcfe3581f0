"""Which import goes for a new one of the same source, by what the explanation says."""

import pytest

from execution.logic.edits import check_candidate

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
