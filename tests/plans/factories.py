"""Plans for tests."""

from accounts.models import User
from orgs.models import Org
from plans.models import Branch, Plan
from projects.models import Project
from tests.factories import org_make, project_make
from tests.wire.client import StrictClient


def plan_make(
    *,
    project: Project | None = None,
    org: Org | None = None,
    owner: User | None = None,
    name: str = "example",
) -> Plan:
    """A plan with its branch `main`."""
    project = project or project_make(org=org or org_make())
    owner = owner or project.org.owner
    plan = Plan.objects.create(org=project.org, owner=owner, project=project, name=name)
    Branch.objects.create(plan=plan, owner=owner, name="main")
    return plan


def main_of(plan: Plan) -> Branch:
    return Branch.objects.select_related("head", "plan").get(plan=plan, name="main")


def user_of(client: StrictClient) -> User:
    return User.objects.get(pk=client.user_id)
