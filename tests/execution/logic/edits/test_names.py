"""What a line defines: its first word says whether the patterns are worth asking."""

import pytest

from execution.logic.edits.text.names import defined_name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("pub(in crate::a) fn f() {", "f"),
        ("  export default function* g() {", "g"),
        ("CREATE TABLE t (", "t"),
        ("macro_rules! m {", "m"),
        ("steps:", "steps"),
        ("final int size()", "size"),
        ("Map<K, V> copy() {", "copy"),
        ("if (a) {", None),
        ("else:", None),
        ("call()", None),
        ("default:", None),
    ],
)
def test_names_by_the_first_word(line: str, name: str | None) -> None:
    found = defined_name(line)
    assert (found and found[1]) == name
