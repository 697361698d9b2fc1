"""The append-only log: who did what, when, from what to what."""

from enum import StrEnum

from django.db import models

from inbox.models.conversations import Conversation
from inbox.models.people import Agent


class Rearranged(StrEnum):
    """Verbs of what moves messages from one conversation to another."""

    MERGED = "conversations_merged"
    SPLIT = "conversation_split"
    UNDONE = "rearrangement_undone"  # either of them


class Activity(models.Model):
    """One thing that happened. Rows are never changed or deleted: a trigger (migration 0002) refuses it.

    `data` holds ids and short facts, never bodies or addresses, so that erasing a person leaves the log whole.
    """

    verb = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, null=True, blank=True, related_name="activities", db_index=False
    )
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index("conversation", "id", name="activity_by_conversation"),
            models.Index("actor", "at", name="activity_of_somebody", condition=models.Q(actor__isnull=False)),
        ]
