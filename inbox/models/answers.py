"""Answers that are said often: written once, put in by `/`, with what else is done when one of them is sent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from inbox.models.conversations import State
from inbox.models.ownership import Reason
from inbox.models.people import Agent, Team


class CannedAnswer(models.Model):
    """One answer: of `owner` alone, of `team`, or of everybody where both are empty.

    `text` may name what is known of a conversation, see `inbox.desk.filling`. The rest is what is done with it: `tags`
    are added, `then` is the state that follows (empty: as the agent sends it), and it is passed on `to_agent` or
    `to_team` with `reason` and `note`. What is passed on needs somebody: it has no state of its own.
    """

    name = models.CharField(_("name"), max_length=80)
    text = models.TextField(_("text"), max_length=20_000)
    owner = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="canned_answers")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="canned_answers")
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    then = models.CharField(_("what follows"), max_length=8, choices=State, blank=True, default="")
    to_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    to_team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(_("why it is passed on"), max_length=9, choices=Reason, blank=True, default="")
    note = models.TextField(_("note for the next one"), max_length=2_000, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(owner=None) | Q(team=None), name="cannedanswer_of_one"),
            models.CheckConstraint(condition=Q(to_agent=None) | Q(to_team=None), name="cannedanswer_to_one"),
            models.CheckConstraint(
                condition=Q(then="") | Q(to_agent=None, to_team=None), name="cannedanswer_passed_on_needs_us"
            ),
            models.UniqueConstraint(
                Lower("name"), "owner", "team", name="cannedanswer_name_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name
