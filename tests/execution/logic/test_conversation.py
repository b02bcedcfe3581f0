import pytest

from execution.logic.conversation import (
    Conversation,
    ConvoLimits,
    ConvoMessage,
    ConvoTooLong,
    Summary,
)

# tokens + 5 each: 15, 25, 35, 45 = 120
MESSAGES = (
    ConvoMessage("m1", "user", "one", 10, 1000),
    ConvoMessage("m2", "assistant", "two", 20, 2000),
    ConvoMessage("m3", "user", "three", 30, 3000),
    ConvoMessage("m4", "assistant", "four", 40, 4000),
)
S1 = Summary("sum one", 5, "m1", 1000)
S2 = Summary("sum two", 6, "m2", 2000)
S3 = Summary("sum three", 7, "m3", 3000)


def count(text: str) -> int:
    return len(text.split())


def convo(*summaries: Summary, left_out: str | None = None) -> Conversation:
    return Conversation(MESSAGES, summaries, count, left_out)


def sent(
    conversation: Conversation, *, before: int = 0, request: int = 10_000, own: int = 10_000
) -> list[str]:
    selected = conversation.select(before=before, limits=ConvoLimits(request, own))
    return [f"{message.role[0]}:{message.text}" for message in selected.messages]


ALL = ["u:one", "a:two", "u:three", "a:four"]


def test_it_sends_all_with_their_roles() -> None:
    assert sent(convo()) == ALL


def test_the_message_of_the_prompt_is_left_out_and_not_counted() -> None:
    selected = convo(left_out="m3").select(before=0, limits=ConvoLimits(85, 10_000))
    assert [message.text for message in selected.messages] == ["one", "two", "four"]
    assert selected.tokens == 85


def test_empty_messages_are_dropped() -> None:
    messages = (*MESSAGES, ConvoMessage("m5", "assistant", " \n", 9, 5000))
    assert sent(Conversation(messages, (), count)) == ALL


def test_a_message_without_a_count_is_counted() -> None:
    messages = (ConvoMessage("m1", "user", "three small words", 0, 1000),)
    selected = Conversation(messages, (), count).select(before=0, limits=ConvoLimits(99, 99))
    assert selected.tokens == 8


def test_beside_a_whole_conversation_no_summary_is_sent() -> None:
    assert sent(convo(S1, S2)) == ALL


@pytest.mark.parametrize(
    ("request_limit", "own_limit", "expected", "summarized_to"),
    [
        (120, 120, None, None),
        # S1: 105 + 5 = 110, and 7 for the newest summary
        (119, 999, ["a:sum one", "a:two", "u:three", "a:sum three", "a:four"], "m1"),
        (999, 119, ["a:sum one", "a:two", "u:three", "a:sum three", "a:four"], "m1"),
        # S2: 80 + 6 = 86, and 7
        (116, 999, ["a:sum two", "u:three", "a:sum three", "a:four"], "m2"),
        (109, 93, ["a:sum two", "u:three", "a:sum three", "a:four"], "m2"),
        # S3: 45 + 7 = 52; the newest is not repeated
        (85, 999, ["a:sum three", "a:four"], "m3"),
        (999, 52, ["a:sum three", "a:four"], "m3"),
    ],
)
def test_the_oldest_summary_that_makes_it_fit_is_used(
    request_limit: int, own_limit: int, expected: list[str] | None, summarized_to: str | None
) -> None:
    conversation = convo(S1, S2, S3)
    selected = conversation.select(before=0, limits=ConvoLimits(request_limit, own_limit))
    assert selected.summarized_to == summarized_to
    if expected is not None:
        assert sent(conversation, request=request_limit, own=own_limit) == expected


def test_what_else_is_in_the_request_counts() -> None:
    assert sent(convo(S1), before=100, request=220)[0] == "u:one"
    assert sent(convo(S1), before=101, request=220)[0] == "a:sum one"


def test_over_its_own_limit_without_a_fitting_summary_all_is_sent() -> None:
    assert sent(convo(S1), own=50) == ALL


def test_over_the_requests_limit_without_a_fitting_summary_it_fails() -> None:
    for conversation in (convo(), convo(S1, S2)):
        with pytest.raises(ConvoTooLong):
            sent(conversation, request=50)


def test_a_summary_is_placed_by_time_else_by_id() -> None:
    by_time = Summary("by time", 1, "unknown", 2000)
    by_id = Summary("by id", 1, "m2", 2001)
    nowhere = Summary("nowhere", 1, "unknown", 9)
    assert sent(convo(by_time), request=119) == ["a:by time", "u:three", "a:four"]
    assert sent(convo(by_id), request=119) == ["a:by id", "u:three", "a:four"]
    assert sent(convo(nowhere, by_id), request=119) == ["a:by id", "u:three", "a:four"]
    assert sent(convo(nowhere)) == ALL


def test_of_messages_with_the_same_time_the_one_with_the_id_counts() -> None:
    messages = tuple(ConvoMessage(f"m{n}", "user", f"text {n}", 10, 1000) for n in range(3))
    summary = Summary("sum", 1, "m1", 1000)
    conversation = Conversation(messages, [summary], count)
    assert sent(conversation, request=40) == ["a:sum", "u:text 2"]


def test_the_summary_may_end_at_the_message_left_out() -> None:
    assert sent(convo(S3, left_out="m3"), request=80) == ["a:sum three", "a:four"]


def test_a_summary_without_a_count_is_counted() -> None:
    uncounted = Summary("three small words", 0, "m3", 3000)
    assert convo(uncounted).select(before=0, limits=ConvoLimits(99, 99)).tokens == 48
