from django.db import models

from plandex_server.db import IdModel, now


class ProjectMap(IdModel):
    """The map of a project's directory that a user last stored: other plans of the project may
    load it without mapping again.

    Each user has an own one, since it names the files of that user's checkout.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    # Of the path, which may be too long for an index.
    path_hash = models.CharField(max_length=64)
    file_path = models.TextField()
    name = models.TextField()
    auto_loaded = models.BooleanField(default=False)
    data = models.BinaryField()
    compressed = models.BooleanField(default=False)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user", "path_hash"], name="one_map_per_user_and_path"
            )
        ]

    def __str__(self) -> str:
        return self.file_path


class FileMap(models.Model):
    """The map of a file's content, so that no other plan, branch or process parses it again.

    An org has its own ones: whether a content is known says that somebody has it.
    """

    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="+")
    # Of the mapper's version, the language and the content.
    key = models.CharField(max_length=64)
    text = models.BinaryField()
    used_on = models.DateField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "key"], name="one_file_map_per_org_and_content")
        ]

    def __str__(self) -> str:
        return self.key
