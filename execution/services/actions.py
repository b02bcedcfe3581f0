"""Questions of a run to its user's client, and their answers."""

from execution.models import PendingAction, Run
from plandex_server.db import now


def action_open(run: Run, action_id: str, kind: str, payload: object) -> PendingAction:
    """The question with this id; it is asked once."""
    values = {"run": run, "kind": kind, "payload": payload}
    return PendingAction.objects.get_or_create(pk=action_id, defaults=values)[0]


def action_pending(run_id: str, kind: str) -> PendingAction | None:
    return PendingAction.objects.filter(run_id=run_id, kind=kind, answered_at=None).first()


def action_answer(action: PendingAction, answer: object) -> bool:
    """The first answer wins; a later one is False and changes nothing."""
    return bool(
        PendingAction.objects.filter(pk=action.pk, answered_at__isnull=True).update(
            answer=answer, answered_at=now()
        )
    )


def action_result(action: PendingAction) -> object | None:
    """The answer, or None while there is none."""
    return PendingAction.objects.values_list("answer", flat=True).get(pk=action.pk)
