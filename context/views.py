from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from context import serializers as shapes
from context.errors import ContextRefused
from context.hooks import NamingKeys, context_loaded
from context.logic.file_maps import MAP_LIMITS, fit_inputs
from context.logic.limits import MAX_CONTEXTS, byte_size
from context.selectors import cached_maps, context_body, context_items, plan_limits
from context.services.file_maps import files_map
from context.services.load import context_load, contexts_check, contexts_named
from context.services.remove import context_delete
from context.services.update import context_update
from orgs.authentication import auth_of
from plandex_server.api.describe import Answer, describes
from plandex_server.api.dialect import Dialect
from plandex_server.api.views import ApiViewSet, answer, dialect, parse
from plandex_server.errors import BadRequest
from plans.models import Branch
from plans.selectors import branch_get, branch_get_to_update
from plans.services.versions import revision_head


class ContextViewSet(ApiViewSet):
    @describes(
        "listContext",
        "Context",
        "List items currently loaded into the plan's context.",
        returns={200: Answer("Context items.", Sequence[shapes.ContextItemJson])},
    )
    def list(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        items = context_items(revision_head(_branch(request, plan_id, branch)))
        return answer(shapes.context_list_form(items))

    @describes(
        "getContextBody",
        "Context",
        "Return the raw body of a context item.",
        returns={200: Answer("Context body.", shapes.ContextBodyJson)},
    )
    def body(self, request: Request, plan_id: str, branch: str, context_id: str) -> HttpResponse:
        revision = revision_head(_branch(request, plan_id, branch))
        value: shapes.ContextBodyJson = {"body": context_body(revision, context_id)}
        return answer(value)

    @describes(
        "loadContext",
        "Context",
        "Load files, directories, URLs, notes, or images into the plan context.",
        body=Sequence[shapes.LoadItem],
        returns={201: Answer("Context loaded.", shapes.LoadJson)},
        errors=(403, 409, 422),
    )
    def load(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        found = _to_change(request, plan_id, branch)
        sent = shapes.load_requests(request._request.body)
        items = [one.item() for one in sent]
        limits = plan_limits(found)
        contexts_check(items, limits)
        items = contexts_named(auth=auth, branch=found, items=items, keys=_keys(sent))
        result = context_load(branch=found, user_id=auth.user.id, items=items, limits=limits)
        if any(item.auto_loaded for item in items):
            context_loaded(branch=found, result=result)
        return answer(shapes.load_form(result), status=201)

    @describes(
        "updateContext",
        "Context",
        "Refresh outdated context items, by their ids.",
        body=dict[str, shapes.UpdateRequest],
        returns={200: Answer("Context updated.", shapes.LoadJson)},
        errors=(403, 409, 422),
    )
    def update(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        found = _to_change(request, plan_id, branch)
        sent = parse(request, dict[str, shapes.UpdateRequest])
        result = context_update(
            branch=found,
            user_id=auth.user.id,
            changes={id: one.change() for id, one in sent.items()},
            limits=plan_limits(found),
        )
        return answer(shapes.load_form(result))

    @describes(
        "deleteContext",
        "Context",
        "Remove context items from the plan: those whose ids are keys of `ids`.",
        body=shapes.DeleteRequest,
        returns={
            204: "Context removed.",
            200: Answer("Context removed (CLI dialect).", shapes.RemoveJson),
        },
        errors=(403, 409),
    )
    def remove(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        found = _to_change(request, plan_id, branch)
        ids = parse(request, shapes.DeleteRequest).ids
        result = context_delete(branch=found, user_id=auth.user.id, ids=ids.keys())
        if dialect(request) is Dialect.API:
            return answer(status=204)
        return answer(shapes.remove_form(result))


class FileMapViewSet(ApiViewSet):
    @describes(
        "getFileMap",
        "FileMap",
        "Generate file maps for the supplied files.",
        body=shapes.FileMapRequest,
        returns={200: Answer("File map.", shapes.FileMapJson)},
        errors=(422, 429),
    )
    def create(self, request: Request) -> HttpResponse:
        """Waits for its turn in the mapper's queue. What is too long is cut, not refused: bytes
        that are no UTF-8 grow on their way here."""
        sent = parse(request, shapes.FileMapRequest, error=shapes.BAD_MAP_REQUEST, files=True)
        inputs = sent.map_inputs
        if len(inputs) > MAP_LIMITS.max_paths:
            raise ContextRefused(
                f"Too many files to map: {len(inputs)} (max {MAP_LIMITS.max_paths})"
            )
        total = sum(map(byte_size, inputs.values()))
        if total > MAP_LIMITS.max_total_bytes:
            raise ContextRefused(
                f"Max map size exceeded: {total} (max {MAP_LIMITS.max_total_bytes})"
            )
        maps = files_map(org_id=auth_of(request).org.id, inputs=fit_inputs(inputs))
        value: shapes.FileMapJson = {"mapBodies": maps}
        return answer(value)

    @describes(
        "loadCachedFileMap",
        "FileMap",
        "Load cached file maps into the plan context.",
        body=shapes.CachedMapRequest,
        returns={200: Answer("File map loaded.", shapes.CachedMapJson)},
        errors=(403, 409, 422),
    )
    def load_cached(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        found = _to_change(request, plan_id, branch)
        paths = parse(request, shapes.CachedMapRequest, error=shapes.BAD_MAP_REQUEST).file_paths
        if len(paths) > MAX_CONTEXTS:
            raise BadRequest(f"{shapes.BAD_MAP_REQUEST}: more than {MAX_CONTEXTS} paths")
        maps = cached_maps(
            project_id=found.plan.project_id, user_id=auth.user.id, paths=dict.fromkeys(paths)
        )
        if not maps:
            return answer(shapes.cached_map_form(None, None))
        result = context_load(
            branch=found,
            user_id=auth.user.id,
            items=list(maps.values()),
            limits=plan_limits(found),
            from_cache=True,
        )
        return answer(shapes.cached_map_form(result, dict.fromkeys(maps, True)))


def _branch(request: Request, plan_id: str, branch: str) -> Branch:
    return branch_get(auth=auth_of(request), plan_id=plan_id, name=branch)


def _to_change(request: Request, plan_id: str, branch: str) -> Branch:
    """The branch, for a caller who may change its plan."""
    return branch_get_to_update(auth=auth_of(request), plan_id=plan_id, name=branch)


def _keys(sent: Sequence[shapes.LoadRequest]) -> NamingKeys:
    """The credentials of the first item that has any: not every item of a request carries them."""
    for one in sent:
        variables = {**one.auth_vars, **one.api_keys}
        if variables:
            return NamingKeys(variables, one.open_ai_base, one.open_ai_org_id, one.session_id)
    return NamingKeys()
