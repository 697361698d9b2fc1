"""What we told a customer about when he will hear from us."""

from django.db import models
from django.db.models import Q

from inbox.models import Agent, Conversation


class Promise(models.Model):
    """ "You will hear from us by ...". Kept by the next answer or by a solution, broken when its time comes first.

    `told_at` is when he was told of it, if an answer or a program said so: only what comes after that keeps it.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="promises")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    broken_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # another one took its place

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "conversation",
                condition=Q(kept_at=None, broken_at=None, withdrawn_at=None),
                name="promise_one_stands",
            ),
            models.CheckConstraint(condition=Q(kept_at=None) | Q(broken_at=None), name="promise_kept_or_broken"),
        ]
        indexes = [models.Index("broken_at", name="promise_broken", condition=Q(broken_at__isnull=False))]
