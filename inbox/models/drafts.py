"""What people are writing and have not sent."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.conversations import Conversation
from inbox.models.people import Agent


class Mode(models.TextChoices):
    """What is being written: the two never mix."""

    REPLY = "reply", _("reply")
    NOTE = "note", _("note")


def made_version() -> str:
    """One that no draft has had."""
    return str(uuid4())


class Draft(models.Model):
    """What somebody is writing and has not sent: kept as he types, so that nothing he wrote is lost with his screen.

    `beside` is what stands beside the text, by the names of inbox.desk.drafts.BESIDE: each a list of strings. `version`
    is another after each writing: by it a page tells whether it knows what stands there.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=5, choices=Mode)
    text = models.TextField()
    beside = models.JSONField(default=dict)
    version = models.CharField(max_length=36, default=made_version)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "agent", "mode", name="draft_once")]
