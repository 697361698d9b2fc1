"""What a person is told: kept until he has seen it, because a browser may be shut."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.conversations import Conversation
from inbox.models.people import Agent


class NoticeKind(models.TextChoices):
    """Why he is told."""

    GIVEN = "given", _("it is yours now")
    GONE = "gone", _("it is not yours any more")
    MENTIONED = "mentioned", _("you are named in a note")
    NOT_ACCEPTED = "not_accepted", _("it was not accepted and waits in the queue")
    NOT_ARRIVED = "not_arrived", _("an answer did not arrive")
    CLIMBS_SOON = "climbs_soon", _("its time is up soon")
    CLIMBED = "climbed", _("its time was up")
    PROMISE_SOON = "promise_soon", _("a promise is due soon")
    PROMISE_BROKEN = "promise_broken", _("a promise was broken")
    OWES_UPDATE = "owes_update", _("the customer has heard nothing for long")
    SHIFT_ENDS = "shift_ends", _("your shift ends: look at your hand-over list")
    AWAY_LONG = "away_long", _("you are away for long: offer your work to others")
    ABSENT = "absent", _("not seen for long: the work was moved")
    LEFT_EARLY = "left_early", _("left before the end of the shift: the work was moved")


class Matter(models.TextChoices):
    """What notices are about. Of each matter one may choose not to be told."""

    MENTION = "mention", _("somebody names me in a note")
    ASSIGNMENT = "assignment", _("a conversation becomes mine, or stops being mine")
    NOT_ARRIVED = "not_arrived", _("an answer of mine, or in a conversation of mine, did not arrive")
    DUE_SOON = "due_soon", _("something is due soon")
    OVERDUE = "overdue", _("something is overdue")
    SHIFT = "shift", _("my shift, and who is missing in his")


MATTERS = {
    NoticeKind.GIVEN: Matter.ASSIGNMENT,
    NoticeKind.GONE: Matter.ASSIGNMENT,
    NoticeKind.MENTIONED: Matter.MENTION,
    NoticeKind.NOT_ACCEPTED: Matter.ASSIGNMENT,
    NoticeKind.NOT_ARRIVED: Matter.NOT_ARRIVED,
    NoticeKind.CLIMBS_SOON: Matter.DUE_SOON,
    NoticeKind.CLIMBED: Matter.OVERDUE,
    NoticeKind.PROMISE_SOON: Matter.DUE_SOON,
    NoticeKind.PROMISE_BROKEN: Matter.OVERDUE,
    NoticeKind.OWES_UPDATE: Matter.DUE_SOON,
    NoticeKind.SHIFT_ENDS: Matter.SHIFT,
    NoticeKind.AWAY_LONG: Matter.SHIFT,
    NoticeKind.ABSENT: Matter.SHIFT,
    NoticeKind.LEFT_EARLY: Matter.SHIFT,
}


class Notice(models.Model):
    """One thing one person is told.

    `about` is the person it is about, where it is not the conversation alone; `note` is what that person said to it.
    """

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=14, choices=NoticeKind)
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, blank=True, related_name="notices")
    about = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("agent", F("id").desc(), name="notice_unread", condition=Q(read_at=None)),
            models.Index("agent", F("id").desc(), name="notice_by_agent"),
        ]

    @property
    def tag(self) -> str:
        """By what a browser knows it: what rings under one tag is shown once, however often it comes."""
        return f"notice-{self.pk}"
