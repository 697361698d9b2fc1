"""What is there from the first day: the policy of twenty hours. Steps at four and eight hours are there, but off."""

from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    policy = apps.get_model("escalation", "Policy").objects.create(name="20 h")
    step = apps.get_model("escalation", "Step")
    step.objects.create(policy=policy, level=2, after=timedelta(hours=4), is_on=False)
    step.objects.create(policy=policy, level=3, after=timedelta(hours=8), is_on=False)
    step.objects.create(policy=policy, level=None, after=timedelta(hours=20))


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_first")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
