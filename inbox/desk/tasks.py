"""What the desk does by itself when a time has come."""

from celery import shared_task
from django.utils import timezone

from inbox.desk.solve import needs_us
from inbox.errors import AlreadyDone
from inbox.models import Conversation, State


@shared_task
def wake_snoozed() -> None:
    """Open what was snoozed until now."""
    now = timezone.now()
    for conversation in Conversation.objects.filter(state=State.PENDING, snoozed_until__lte=now).order_by("pk")[:500]:
        try:
            needs_us(conversation, by=None, now=now)
        except AlreadyDone:
            continue  # the customer was quicker
