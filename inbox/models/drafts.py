"""What people are writing and have not sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.conversations import Conversation
from inbox.models.people import Agent


class Mode(models.TextChoices):
    """What is being written: the two never mix."""

    REPLY = "reply", _("reply")
    NOTE = "note", _("note")


class Draft(models.Model):
    """What somebody is writing and has not sent: kept as he types, so that nothing he wrote is lost with his screen.

    `beside` is what stands beside the text, by the names of inbox.desk.drafts.BESIDE: each a list of strings.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=5, choices=Mode)
    text = models.TextField()
    beside = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "agent", "mode", name="draft_once")]
