"""Builds that earlier replies left undone."""

from collections.abc import Iterable, Iterator

from execution.logic.changes import Description
from execution.logic.reply_grammar import Operation
from execution.services.storing import as_operation


def deferred_builds(descriptions: Iterable[Description]) -> Iterator[tuple[str, Operation]]:
    """(Reply id, operation) in the order in which the replies made them."""
    for description in descriptions:
        for operation in description.unbuilt:
            yield description.convo_message_id, as_operation(operation)
