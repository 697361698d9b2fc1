"""Addresses of mail are known in lower case. Two rows of one address become the older one, and so do its customers."""

from datetime import UTC, datetime
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lower(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    addresses = apps.get_model("inbox", "Address").objects.filter(kind="email")
    for row in addresses.order_by("pk").iterator():
        value = row.value.lower()[:320]
        if value == row.value:
            continue
        twin = addresses.filter(scope=row.scope, value=value).first()
        kept, gone = sorted((row, twin), key=lambda each: each.pk) if twin else (row, None)
        if gone:
            _move(apps, gone, kept)
            _take_over(gone, kept)
            addresses.filter(pk=gone.pk).delete()
        kept.value = value
        kept.save()
    # What refers to a row that is gone is judged now: a table with judgements to come takes no new constraint.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _move(apps: Apps, gone: Any, kept: Any) -> None:
    """Whatever refers to the one refers to the other."""
    conversation, participant = apps.get_model("inbox", "Conversation"), apps.get_model("inbox", "Participant")
    apps.get_model("inbox", "Message").objects.filter(sender=gone).update(sender=kept)
    in_both = participant.objects.filter(address=kept).values("conversation")
    participant.objects.filter(address=gone).exclude(conversation__in=in_both).update(address=kept)
    participant.objects.filter(address=gone).delete()
    his = conversation.objects.filter(address=gone)
    for row in his.filter(thread_key__startswith=f"mail:{gone.pk}:"):
        key = str(row.thread_key).replace(f"mail:{gone.pk}:", f"mail:{kept.pk}:", 1)
        same = conversation.objects.filter(channel=row.channel, thread_key=key).exclude(state="solved")
        # The answer that opened a conversation of its own: that one is found by its mails.
        if not same.exists():
            conversation.objects.filter(pk=row.pk).update(thread_key=key)
    moved = list(his.values_list("pk", flat=True))
    his.update(address=kept, customer=kept.customer)
    if gone.customer_id != kept.customer_id and not gone.customer.addresses.exclude(pk=gone.pk).exists():
        moved += conversation.objects.filter(customer=gone.customer).values_list("pk", flat=True)
        _are_one(apps, gone.customer, kept.customer, moved)


def _are_one(apps: Apps, gone: Any, into: Any, conversations: list[int]) -> None:
    """As a person does it on the page of a customer, who can undo it there."""
    apps.get_model("inbox", "Conversation").objects.filter(customer=gone).update(customer=into)
    gone.merged_into = into
    gone.save()
    data = {"gone": gone.pk, "into": into.pk, "addresses": [], "conversations": conversations}
    apps.get_model("inbox", "Activity").objects.create(verb="customers_merged", at=datetime.now(UTC), data=data)


def _take_over(gone: Any, kept: Any) -> None:
    """What was known of either: a block holds however he writes."""
    if gone.blocked_at and not kept.blocked_at:
        kept.blocked_at, kept.blocked_reason = gone.blocked_at, gone.blocked_reason
    kept.permanent_failures = max(kept.permanent_failures, gone.permanent_failures)
    kept.name = kept.name or gone.name


class Migration(migrations.Migration):
    dependencies = [("inbox", "0021_told_with_pages_closed")]
    operations = [
        migrations.RunPython(lower, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "email"), _negated=True)
                | models.Q(("value__regex", "[A-Z]"), _negated=True),
                name="address_of_mail_in_lower_case",
            ),
        ),
    ]
