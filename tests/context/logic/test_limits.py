import pytest

from context.logic.file_maps import MAP_LIMITS
from context.logic.items import ContextItem, ContextType
from context.logic.limits import (
    MAX_BODY_BYTES,
    MAX_CONTEXTS,
    Overflow,
    OverLimit,
    TokenLimits,
    byte_size,
    check_map,
    check_plan,
    check_request,
    token_overflow,
)
from tests.context.logic.items_for_tests import item

AUTO = TokenLimits(planner=100, architect=50, auto_context=True)
MANUAL = TokenLimits(planner=100, architect=50, auto_context=False)


def a_map(tokens: int) -> ContextItem:
    return item(ContextType.MAP, f"map{tokens}", tokens)


def a_file(tokens: int, *, auto: bool = False) -> ContextItem:
    return item(ContextType.FILE, f"file{tokens}", tokens, auto_loaded=auto)


@pytest.mark.parametrize(
    ("limits", "before", "added", "overflow"),
    [
        (AUTO, [], [a_map(50)], None),
        (AUTO, [], [a_map(51)], Overflow(51, 51, 50)),
        (AUTO, [a_map(30)], [a_map(21), a_file(9)], Overflow(30, 51, 50)),
        (AUTO, [], [a_file(100)], None),
        (AUTO, [a_file(60)], [a_file(41)], Overflow(41, 101, 100)),
        # Maps and auto-loaded items don't count against the planner's model.
        (AUTO, [a_map(50), a_file(90, auto=True)], [a_file(100)], None),
        (AUTO, [], [a_file(1000, auto=True)], None),
        # What the change does not add to is no reason to refuse it.
        (AUTO, [a_map(500)], [a_file(10)], None),
        (AUTO, [a_file(500)], [a_map(10)], None),
        (MANUAL, [], [a_map(60), a_file(40)], None),
        (MANUAL, [a_map(60)], [a_file(41, auto=True)], Overflow(41, 101, 100)),
        (MANUAL, [a_file(500)], [], None),
    ],
)
def test_token_limits_of_a_load(
    limits: TokenLimits,
    before: list[ContextItem],
    added: list[ContextItem],
    overflow: Overflow | None,
) -> None:
    branch_tokens = sum(one.num_tokens for one in before)
    found = token_overflow(
        before=before, after=[*before, *added], branch_tokens=branch_tokens, limits=limits
    )
    assert found == overflow


@pytest.mark.parametrize("limits", [AUTO, MANUAL])
def test_an_update_counts_what_is_there_already(limits: TokenLimits) -> None:
    def after(tokens: int) -> Overflow | None:
        return token_overflow(
            before=[a_file(60), a_file(40)],
            after=[a_file(60), a_file(tokens)],
            branch_tokens=100,
            limits=limits,
        )

    assert after(39) is None
    assert after(41) == Overflow(1, 101, 100)


def test_a_smaller_body_is_welcome_over_the_limit() -> None:
    overflow = token_overflow(
        before=[a_file(900)], after=[a_file(800)], branch_tokens=900, limits=MANUAL
    )
    assert overflow is None


def test_the_request_is_checked_in_order() -> None:
    long = "x" * (MAP_LIMITS.max_input_bytes + 1)
    with pytest.raises(OverLimit, match=r"^Map file p exceeds size limit \(size 512001, limit 51"):
        check_request([("map", 0, {"p": long}), ("big", MAX_BODY_BYTES + 1, {})])
    with pytest.raises(OverLimit, match=r"^Context big exceeds size limit \(size 26\.00 MB, lim"):
        check_request([("big", 26 * 1024 * 1024, {}), ("map", 0, {"p": long})])
    check_request([("largest", MAX_BODY_BYTES, {})])


def test_too_many_contexts_in_a_request() -> None:
    check_request([("a", 0, {})] * MAX_CONTEXTS)
    with pytest.raises(OverLimit, match=r"^Too many contexts to load \(found 1001, limit is 1000"):
        check_request([("a", 0, {})] * (MAX_CONTEXTS + 1))


def test_a_map_of_too_many_or_too_large_files() -> None:
    check_map({str(number): "" for number in range(3000)})
    with pytest.raises(OverLimit, match=r"^Too many map files to load \(found 3001, limit is 3000"):
        check_map({str(number): "" for number in range(3001)})
    check_map({"é": "é" * 256_000})
    with pytest.raises(OverLimit, match="Map file é exceeds"):
        check_map({"é": "é" * 256_001})
    with pytest.raises(OverLimit, match="Map exceeds size limit"):
        check_map({str(number): "x" * 512_000 for number in range(52)})


def test_what_a_plan_can_hold() -> None:
    largest = item(body_size=MAX_BODY_BYTES)
    check_plan([largest] * 40)
    with pytest.raises(OverLimit, match=r"^total context size is too large: 1074790400$"):
        check_plan([largest] * 41)
    with pytest.raises(OverLimit, match=r"^too many contexts: 1001$"):
        check_plan([item()] * 1001)
    with pytest.raises(OverLimit, match=r"^context body is too large: 26214401$"):
        check_plan([item(body_size=MAX_BODY_BYTES + 1)])


@pytest.mark.parametrize("text", ["", "abc", "é", "🪙 é"])
def test_sizes_are_bytes(text: str) -> None:
    assert byte_size(text) == len(text.encode())
