"""Who was responsible for a conversation, when, and why: the history that cannot be rebuilt later."""

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models.conversations import Conversation
from inbox.models.people import Agent, Team
from inbox.models.ranges import IdRange, TimeRange


class Cause(models.TextChoices):
    """Why a stretch of ownership began or ended. A closed list: reports count by it."""

    OPENED = "opened", _("opened")
    ROUTED = "routed", _("routed")
    PASSED_ON = "passed_on", _("passed on")
    PASSED_UP = "passed_up", _("passed up")
    TIMED_OUT = "timed_out", _("timed out")
    SHIFT_END = "shift_end", _("shift end")
    ABSENCE = "absence", _("absence")
    TAKEN_OVER = "taken_over", _("taken over")
    GIVEN_BACK = "given_back", _("given back")
    RELIEF = "relief", _("relief")
    MERGED = "merged", _("merged")
    SPLIT = "split", _("split")
    SOLVED = "solved", _("solved")
    REOPENED = "reopened", _("reopened")


class Reason(models.TextChoices):
    """Why a person passes something on. A closed list: reports count by it; the rest stands in the note."""

    KNOWLEDGE = "knowledge", _("somebody else knows more about it")
    RIGHTS = "rights", _("somebody else may decide it")
    TOPIC = "topic", _("another team takes care of such problems")
    LANGUAGE = "language", _("somebody else speaks the language")
    TIME = "time", _("I have no time for it now")
    RELATION = "relation", _("the customer should talk to somebody else")


class Interval(models.Model):
    """A stretch of ownership. From opened to solved, pending included, the intervals leave no gap.

    An exclusion constraint forbids overlap; deferred triggers (migration 0002) forbid a gap and hold the
    conversation's owner and team equal to its present interval. Without an owner the duty lead answers.
    `reason` and `note` are a person's words; `why` is the system's (made by inbox.errors.sentence).
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="intervals")
    team = models.ForeignKey(Team, models.PROTECT)
    owner = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="intervals", db_index=False)
    level = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    began_by = models.CharField(max_length=10, choices=Cause)
    ended_by = models.CharField(max_length=10, choices=Cause, blank=True, default="")
    by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=300, blank=True, default="")
    note = models.TextField(blank=True, default="")
    why = models.JSONField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("conversation", condition=Q(ended_at=None), name="interval_one_present"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="interval_end_has_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="interval_runs_forward"
            ),
            ExclusionConstraint(
                name="interval_no_overlap",
                expressions=[
                    (IdRange("conversation", "conversation", Value("[]")), "&&"),
                    (TimeRange("started_at", "ended_at", Value("[)")), "&&"),
                ],
            ),
        ]
        indexes = [
            models.Index("owner", "conversation", name="interval_by_owner", condition=Q(owner__isnull=False)),
            models.Index("owner", "started_at", name="interval_of_somebody", condition=Q(owner__isnull=False)),
            models.Index("started_at", name="interval_by_start"),
            models.Index("ended_at", name="interval_by_end", condition=Q(ended_at__isnull=False)),
        ]

    @property
    def kept(self) -> timedelta:
        """For how long he has had it."""
        return (self.ended_at or timezone.now()) - self.started_at
