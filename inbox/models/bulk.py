"""One act of somebody on many conversations, a row for each: what is done, what could not be, what was put back."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.conversations import Conversation
from inbox.models.people import Agent


class BulkVerb(models.TextChoices):
    """What can be done with many at once."""

    TAKE = "take", _("take")
    PASS_ON = "pass_on", _("pass on")
    TAG = "tag", _("tag")
    UNTAG = "untag", _("take a tag away")
    WAIT = "wait", _("wait for the customer")
    SNOOZE = "snooze", _("snooze")
    OPEN = "open", _("open again")
    SOLVE = "solve", _("solve")
    SPAM = "spam", _("take for spam")
    REPLY = "reply", _("reply to all")


class Bulk(models.Model):
    """What somebody asked for. `asked` is what else the act needs, see inbox.desk.bulk.Asked.

    `finished_at` is set while nothing is left to do; `put_back_at` when he wanted it undone, and then it is unfinished
    until that is done; `closed_at` when he has put its report away.
    """

    by = models.ForeignKey(Agent, models.CASCADE, related_name="bulks")
    verb = models.CharField(max_length=8, choices=BulkVerb)
    asked = models.JSONField(default=dict)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    put_back_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("id", name="bulk_unfinished", condition=Q(finished_at=None)),
            models.Index("by", F("id").desc(), name="bulk_shown", condition=Q(closed_at=None)),
        ]


class BulkState(models.TextChoices):
    """What became of it for one conversation."""

    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be done")
    LEFT = "left", _("not begun when it was put back")
    PUT_BACK = "put_back", _("put back")
    KEPT = "kept", _("could not be put back")


class BulkRow(models.Model):
    """One conversation of it. `error` says why it failed or was kept (see `in_words`).

    `before` is how the conversation stood, and, until it is answered, what of it was seen; `mark` is the newest line of
    its log right after the act: if there is a newer one, it has changed since.
    """

    bulk = models.ForeignKey(Bulk, models.CASCADE, related_name="rows", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=BulkState, default=BulkState.WAITING)
    error = models.JSONField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    mark = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("bulk", "conversation", name="bulkrow_once")]
        indexes = [models.Index("bulk", "state", "id", name="bulkrow_by_state")]
