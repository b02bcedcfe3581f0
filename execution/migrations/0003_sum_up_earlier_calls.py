"""The calls that were recorded before there were daily sums. Their costs were not recorded."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

KEYS = ["org_id", "user_id", "plan_id", "role", "purpose", "model_id", "model_name", "provider"]
TOKENS = ["input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens"]


def sum_up(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    using = schema_editor.connection.alias
    calls = apps.get_model("execution", "ModelCall").objects.using(using)
    days = apps.get_model("execution", "UsageDay").objects.using(using)
    sums = (
        calls.annotate(day=TruncDate("started_at"))
        .values("day", *KEYS)
        .annotate(
            calls=Count("id"),
            unpriced=Count("id"),
            failed=Count("id", filter=~Q(result="finished")),
            **{f"sum_of_{name}": Sum(name) for name in TOKENS},
        )
        .order_by()
    )
    days.bulk_create(
        days.model(**{name.removeprefix("sum_of_"): value for name, value in row.items()})
        for row in sums.iterator()
    )


def forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    days = apps.get_model("execution", "UsageDay").objects.using(schema_editor.connection.alias)
    days.all().delete()


class Migration(migrations.Migration):
    dependencies = [("execution", "0002_costs_and_daily_usage")]

    operations = [migrations.RunPython(sum_up, forget)]
