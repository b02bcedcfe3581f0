"""The audit log: to read, to filter and to export. Nothing in it can be changed."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orgs.audit_log import MAX_EXPORTED
from orgs.logic.audit import Action
from orgs.models import AuditEvent, Org
from orgs.services.audit import audit_record
from plandex_server.admin.base import OrgModelAdmin
from plandex_server.admin.filters import OptionsFilter, RangeFilter
from plandex_server.admin.scoping import scoped
from plandex_server.api.csv_files import csv_answer

_COLUMNS = (
    "at",
    "org_id",
    "actor",
    "actor_id",
    "action",
    "target_kind",
    "target",
    "target_id",
    "via",
    "network",
)


class ActionFilter(OptionsFilter):
    title = "action"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(action.value, action.value) for action in Action]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class OrgFilter(OptionsFilter):
    """Events name their org by id alone, so that they outlive it."""

    title = "org"
    parameter_name = "org"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        orgs = scoped(request, Org.objects.order_by("name"), "pk")
        return list(orgs.values_list("pk", "name")[:500])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(org_id=self.value()) if self.value() else queryset


class ViaFilter(OptionsFilter):
    title = "way"
    parameter_name = "via"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(one, one) for one in ("cli", "api", "admin", "command")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(via=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditPages(OrgModelAdmin[AuditEvent]):
    org_path = "org_id"
    list_display = ("at", "actor_shown", "action", "target_shown", "via", "network")
    list_filter = (ActionFilter, OrgFilter, ViaFilter, ("at", RangeFilter))
    search_fields = ("actor",)
    search_help_text = "The e-mail address or id of who did it, or the id of what it was done to"
    ordering = ("-at", "-pk")
    fields = (
        ("at", "action"),
        ("actor_shown", "actor_id"),
        ("target_kind", "target_shown"),
        ("target_id", "org_id"),
        ("via", "network"),
        "details_shown",
    )
    list_before_template = "admin/export_link.html"
    actions = ()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent], search_term: str
    ) -> tuple[QuerySet[AuditEvent], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        named = Q(actor=term.lower()) | Q(actor_id=term) | Q(target_id=term)
        return queryset.filter(named), False

    def get_urls(self) -> list[URLPattern]:
        export = path(
            "export/", self.admin_site.admin_view(self.export_view), name="orgs_auditevent_export"
        )
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The events that the list shows with the same filters, as CSV."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        events = self.get_changelist_instance(request).get_queryset(request)
        response = csv_answer("audit.csv", [*_COLUMNS, "details"], _rows(events[:MAX_EXPORTED]))
        audit_record(Action.EXPORTED, kind="audit_log", details={"events": events.count()})
        return response

    @admin.display(description="Who")
    def actor_shown(self, event: AuditEvent) -> str:
        return event.actor or "the server"

    @admin.display(description="What")
    def target_shown(self, event: AuditEvent) -> str:
        return event.target or event.target_id or "–"

    @admin.display(description="Details")
    def details_shown(self, event: AuditEvent) -> SafeString:
        text = msgspec.json.format(msgspec.json.encode(event.details), indent=2).decode()
        return format_html('<div class="pre">{}</div>', text)


def _rows(events: QuerySet[AuditEvent]) -> Iterator[list[str]]:
    for event in events.iterator(chunk_size=2000):
        cells = [event.at.isoformat(), *(str(getattr(event, name)) for name in _COLUMNS[1:])]
        yield [*cells, msgspec.json.encode(event.details).decode()]
