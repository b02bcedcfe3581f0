"""The audit log."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from orgs import serializers as shapes
from orgs.audit_log import CSV_COLUMNS, MAX_EXPORTED, AuditFilter, audit_events
from orgs.authentication import Auth, auth_of
from orgs.logic.audit import Action
from orgs.logic.permissions import Permission
from orgs.services.audit import audit_record
from plandex_server.api.csv_files import MEDIA, csv_answer
from plandex_server.api.describe import Answer, describes
from plandex_server.api.queries import (
    int_parameter,
    query_int,
    query_text,
    query_time,
    text_parameter,
    time_parameter,
)
from plandex_server.api.views import ApiViewSet, answer

MAX_PAGE_SIZE = 1000
# Every client's JSON holds such a number exactly.
MAX_ID = 2**53

_AUDIT_FILTERS = (
    text_parameter("action", "An action, or its first word such as `budget`."),
    text_parameter("actor", "The id or e-mail address of who did it."),
    text_parameter("target", "The id of what it was done to, or a part of its name."),
    time_parameter("since", "The first moment, or day."),
    time_parameter("until", "The first one after."),
)


class AuditViewSet(ApiViewSet):
    """Who did what, when and from where."""

    @describes(
        "listAuditEvents",
        "Orgs",
        "The audit log, newest first. The next page is `before` the last event's id.",
        returns={200: Answer("Events.", Sequence[shapes.AuditEventJson])},
        errors=(400, 403),
        parameters=(
            *_AUDIT_FILTERS,
            int_parameter("before", "Only events with a smaller id.", minimum=1, maximum=MAX_ID),
            int_parameter(
                "size", "Events at most, 100 by default.", minimum=1, maximum=MAX_PAGE_SIZE
            ),
        ),
    )
    def list(self, request: Request) -> HttpResponse:
        wanted = _audit_filter(_auditor(request), request)
        size = query_int(request.query_params, "size", 100, minimum=1, maximum=MAX_PAGE_SIZE)
        return answer([shapes.audit_json(event) for event in audit_events(wanted)[:size]])

    @describes(
        "exportAuditLog",
        "Orgs",
        f"The audit log as CSV, newest first, {MAX_EXPORTED} events at most.",
        returns={200: Answer("A table.", text="id,at,actor\r\n", media=MEDIA)},
        errors=(400, 403),
        parameters=_AUDIT_FILTERS,
    )
    def export(self, request: Request) -> HttpResponse:
        auth = _auditor(request)
        events = audit_events(_audit_filter(auth, request))[:MAX_EXPORTED]
        cells = map(shapes.audit_cells, events.iterator(chunk_size=2000))
        response = csv_answer("audit-log.csv", CSV_COLUMNS, cells)
        audit_record(Action.EXPORTED, org_id=auth.org.id, target="audit log")
        return response


def _auditor(request: Request) -> Auth:
    auth = auth_of(request)
    auth.require(Permission.VIEW_AUDIT_LOG, "User does not have permission to see the audit log")
    return auth


def _audit_filter(auth: Auth, request: Request) -> AuditFilter:
    query = request.query_params
    before = query_int(query, "before", 0, minimum=1, maximum=MAX_ID)
    return AuditFilter(
        org_id=auth.org.id,
        action=query_text(query, "action"),
        actor=query_text(query, "actor"),
        target=query_text(query, "target"),
        since=query_time(query, "since"),
        until=query_time(query, "until"),
        before=before or None,
    )
