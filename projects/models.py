from django.db import models

from plandex_server.db import IdModel, now


class Project(IdModel):
    """A directory of code that plans belong to; its name is the directory's."""

    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class CurrentPlan(models.Model):
    """The plan that a user works on in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="+")
    branch = models.CharField(max_length=255, default="main")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], name="one_current_plan_per_user_and_project"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} for {self.user_id}"
