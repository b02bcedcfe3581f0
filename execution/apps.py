from django.apps import AppConfig


class ExecutionConfig(AppConfig):
    name = "execution"
    verbose_name = "Work"
    default_auto_field = "django.db.models.BigAutoField"
