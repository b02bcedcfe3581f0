from django.apps import AppConfig


class ModelsConfigConfig(AppConfig):
    name = "models_config"
    verbose_name = "Models"
    default_auto_field = "django.db.models.BigAutoField"
