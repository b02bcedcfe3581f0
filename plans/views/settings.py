"""Model settings of branches, and configs of plans and of their owners' next ones."""

from django.http import HttpResponse
from rest_framework.request import Request

from models_config.logic.json_shapes import CliSettingsJson, SettingsJson, SettingsUpdateJson
from models_config.logic.settings import settings_payload
from models_config.selectors import registry_of
from models_config.serializers import SettingsBody, settings_input
from orgs.authentication import auth_of
from plandex_server.api.describe import Answer, describes
from plandex_server.api.dialect import Dialect
from plandex_server.api.views import ApiViewSet, answer, dialect, parse
from plans import serializers as shapes
from plans.selectors import branch_get, branch_get_to_update, plan_get, update_require
from plans.services import plans
from plans.services.settings import branch_settings_update, settings_of
from plans.services.versions import revision_head


class SettingsViewSet(ApiViewSet):
    """Model settings of a branch."""

    @describes(
        "getSettings",
        "Settings",
        "Get the model settings for the plan branch.",
        returns={200: Answer("Settings.", SettingsJson, cli=CliSettingsJson)},
    )
    def retrieve(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        found = branch_get(auth=auth, plan_id=plan_id, name=branch)
        registry = registry_of(auth.org)
        stored = settings_of(revision_head(found), registry)
        api_form = dialect(request) is Dialect.API
        return answer(settings_payload(stored, registry.models, api_form=api_form))

    @describes(
        "updateSettings",
        "Settings",
        "Update the model settings for the plan branch: a pack's name, or a pack.",
        body=SettingsBody,
        returns={200: Answer("Settings updated.", SettingsUpdateJson)},
        errors=(403, 409, 422),
    )
    def update(self, request: Request, plan_id: str, branch: str) -> HttpResponse:
        auth = auth_of(request)
        message = branch_settings_update(
            branch=branch_get_to_update(auth=auth, plan_id=plan_id, name=branch),
            org_id=auth.org.id,
            user_id=auth.user.id,
            sent=settings_input(request),
            keep_roles=dialect(request) is Dialect.API,
        )
        return answer({"msg": message})


class PlanConfigViewSet(ApiViewSet):
    @describes(
        "getPlanConfig",
        "Settings",
        "Get the per-plan configuration (autonomy flags, executor settings).",
        returns={200: Answer("Plan config.", shapes.PlanConfigAnswerJson)},
    )
    def retrieve(self, request: Request, plan_id: str) -> HttpResponse:
        plan = plan_get(auth=auth_of(request), plan_id=plan_id)
        return answer({"config": shapes.config_json(plan.config)})

    @describes(
        "updatePlanConfig",
        "Settings",
        "Replace the per-plan configuration.",
        body=shapes.ConfigBody,
        returns={200: "Plan config updated."},
        errors=(403,),
    )
    def update(self, request: Request, plan_id: str) -> HttpResponse:
        auth = auth_of(request)
        plan = plan_get(auth=auth, plan_id=plan_id)
        update_require(auth=auth, plan=plan)
        body = parse(request, shapes.ConfigRequest, error=shapes.BAD_CONFIG)
        plans.plan_config_set(plan=plan, config=shapes.config_input(body, stored=plan.config))
        return answer()


class DefaultPlanConfigViewSet(ApiViewSet):
    """The config that the user's next plans start with."""

    @describes(
        "getDefaultPlanConfig",
        "Settings",
        "Get the configuration that the caller's new plans start with.",
        returns={200: Answer("Default plan config.", shapes.PlanConfigAnswerJson)},
    )
    def retrieve(self, request: Request) -> HttpResponse:
        user = auth_of(request).user
        return answer({"config": shapes.config_json(user.default_plan_config)})

    @describes(
        "updateDefaultPlanConfig",
        "Settings",
        "Replace the configuration that the caller's new plans start with.",
        body=shapes.ConfigBody,
        returns={200: "Default plan config updated."},
    )
    def update(self, request: Request) -> HttpResponse:
        user = auth_of(request).user
        body = parse(request, shapes.ConfigRequest, error=shapes.BAD_CONFIG)
        config = shapes.config_input(body, stored=user.default_plan_config)
        plans.default_plan_config_set(user=user, config=config)
        return answer()
