"""Branches, and what their history holds."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from orgs.authentication import auth_of
from plandex_server.api.describe import Answer, describes
from plandex_server.api.views import ApiViewSet, answer, parse
from plans import selectors
from plans import serializers as shapes
from plans.logic.log import log_body
from plans.selectors import branch_get, branch_get_to_update
from plans.services import branches
from plans.services.convo import convo_read
from plans.services.versions import revision_head


class BranchViewSet(ApiViewSet):
    @describes(
        "listBranches",
        "Branches",
        "List all branches that exist on the plan.",
        returns={200: Answer("List of branches.", Sequence[shapes.BranchJson])},
    )
    def list(self, request: Request, plan_id: str) -> HttpResponse:
        found = selectors.branch_list(auth=auth_of(request), plan_id=plan_id)
        return answer([shapes.branch_json(branch) for branch in found])

    @describes(
        "createBranch",
        "Branches",
        "Create a new branch off the specified branch of the plan.",
        body=shapes.NewBranchRequest,
        returns={201: Answer("Branch created.", shapes.BranchJson)},
        errors=(403, 409),
    )
    def create(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        parent = branch_get_to_update(auth=auth, plan_id=plan_id, name=branch)
        body = parse(request, shapes.NewBranchRequest)
        made = branches.branch_create(parent=parent, name=body.name, owner_id=auth.user.id)
        return answer(shapes.branch_json(made), status=201)

    @describes(
        "deleteBranch",
        "Branches",
        "Delete an existing branch from the plan.",
        returns={204: "Branch deleted."},
        errors=(403, 409),
    )
    def destroy(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get_to_update(auth=auth_of(request), plan_id=plan_id, name=branch)
        branches.branch_delete(branch=found)
        return answer(status=204)


class HistoryViewSet(ApiViewSet):
    """What a branch's history holds: its conversation and its log."""

    @describes(
        "listConvo",
        "Conversation",
        "List prompts and responses in the plan branch conversation.",
        returns={200: Answer("Conversation messages.", Sequence[shapes.ConvoMessageJson])},
    )
    def list_convo(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        messages = convo_read(revision_head(found))
        return answer([shapes.message_json(message, found) for message in messages])

    @describes(
        "listLogs",
        "Conversation",
        "List log events for the plan branch.",
        returns={200: Answer("Log entries.", shapes.LogJson)},
    )
    def list_logs(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        found = branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)
        entries = selectors.log_shown(found)
        return answer({"shas": [entry.sha for entry in entries], "body": log_body(entries)})
