from plandex_server.errors import NotFound


class ProjectNotFound(NotFound):
    code = "project_not_found"


class PlanNotFound(NotFound):
    code = "plan_not_found"
