"""Runs: what they are doing right now, and stopping them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from execution import launch
from execution.models import Build, BuildState, ModelCall, Run, RunEnd, RunEvents
from execution.run_sums import run_sums
from execution.services.runs import run_stop_request
from orgs.admin.access import staff_may, staff_may_somewhere
from orgs.logic.permissions import Permission
from plandex_server.admin.base import OrgModelAdmin, each_row
from plandex_server.admin.filters import AutocompleteFilter, ChoicesFilter
from plandex_server.admin.typed import coloured
from plandex_server.db import now
from plandex_server.errors import Conflict

_COLOURS = {
    "queued": "info",
    "running": "info",
    "stopping": "warning",
    RunEnd.FINISHED.value: "success",
    RunEnd.ABORTED.value: "warning",
    RunEnd.ERROR.value: "danger",
}


class ActiveFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "active"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "active"), ("0", "ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        if self.value() in ("0", "1"):
            return queryset.filter(finished_at__isnull=self.value() == "1")
        return queryset


@admin.register(Run)
class RunPages(OrgModelAdmin[Run]):
    org_path = "plan__org"
    records_changes = True
    list_display = ("run", "kind", "plan", "branch", "user", "state", "created_at", "seconds")
    list_select_related = ("plan", "branch", "user")
    list_filter = (
        ActiveFilter,
        ("kind", ChoicesFilter),
        ("end", ChoicesFilter),
        ("user", AutocompleteFilter),
        ("plan", AutocompleteFilter),
    )
    search_fields = ("=id", "=plan__id", "=user__email")
    search_help_text = "The id of a run or plan, or a user's e-mail address"
    ordering = ("-created_at",)
    fields = (
        ("id", "kind"),
        ("plan", "branch"),
        ("user", "created_at"),
        ("state", "seconds"),
        "error",
    )
    actions = ("stop",)
    object_actions = ("stop",)
    change_form_after_template = "admin/run_live.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        """Without the request, which holds the prompt, and the keys."""
        return super().get_queryset(request).defer("request", "sealed_credentials")

    def offers(self, row: Run, action: str) -> bool:
        return row.finished_at is None

    @coloured("State", _COLOURS)
    def state(self, run: Run) -> str:
        if run.finished_at is not None:
            return run.end
        if run.stop_requested_at is not None:
            return "stopping"
        return "running" if run.owner else "queued"

    @admin.display(description="Run")
    def run(self, run: Run) -> str:
        return run.id[:8]

    @admin.display(description="Seconds")
    def seconds(self, run: Run) -> str:
        return f"{((run.finished_at or now()) - run.created_at).total_seconds():.1f}"

    # -- live -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        live = path(
            "<str:run_id>/live/",
            self.admin_site.admin_view(self.live_view),
            name="execution_run_live",
        )
        return [live, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        run = self.get_object(request, object_id) if object_id else None
        live = {} if run is None else self._live(run)
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **live}
        )

    def live_view(self, request: HttpRequest, run_id: str) -> HttpResponse:
        """What the page asks for again and again while the run is active."""
        run = self.get_object(request, run_id)
        if run is None:
            raise Http404
        return render(request, "admin/run_live_part.html", self._live(run))

    def _live(self, run: Run) -> dict[str, Any]:
        builds = Build.objects.filter(run=run).defer("result").order_by("created_at")
        calls = ModelCall.objects.filter(run=run)
        last = RunEvents.objects.filter(run=run).order_by("-last").values_list("last", flat=True)
        return {
            "run": run,
            "run_state": self.state(run),
            "run_seconds": self.seconds(run),
            # Clocks of machines differ: a sign from the future was just now.
            "silent_for": f"{max(0, (now() - run.heartbeat_at).total_seconds()):.1f}",
            "builds": builds[:200],
            "build_counts": builds.order_by().aggregate(
                done=Count("pk", filter=Q(state=BuildState.DONE)), all=Count("pk")
            ),
            "calls": calls.order_by("-started_at")[:50],
            "used": run_sums(run, until=run.finished_at or now()),
            "events": last.first() or 0,
        }

    # -- actions --------------------------------------------------------------------------------

    def has_stop_permission(self, request: HttpRequest) -> bool:
        return staff_may_somewhere(request, Permission.UPDATE_ANY_PLAN)

    @admin.action(description="Stop", permissions=["stop"])
    @each_row("{count} run(s) are being stopped.")
    def stop(self, request: HttpRequest, run: Run) -> None:
        if not staff_may(request, Permission.UPDATE_ANY_PLAN, org_id=run.plan.org_id):
            raise PermissionDenied
        if run.finished_at is not None:
            raise Conflict("The run has ended.")
        run_stop_request(run)
        launch.stop_soon(run.id)
