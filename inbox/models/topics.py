"""What problems are about, and what was collected from a customer for one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.people import Agent, Team


class Topic(models.Model):
    """What a problem is about: which team knows about it, and what must be collected from the customer, once.

    `collect` is a list of short names ("serial number"), in the order in which they are asked for.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, verbose_name=_("team"))
    collect = models.JSONField(_("what to collect"), default=list, blank=True)

    def __str__(self) -> str:
        return self.name


class Collected(models.Model):
    """Something the customer was asked for once, and what he said: nobody further up asks again.

    `value` may say in words why it could not be had.
    """

    conversation = models.ForeignKey("inbox.Conversation", models.CASCADE, related_name="collected")
    name = models.CharField(max_length=100)
    value = models.CharField(max_length=1000)
    by = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "name", name="collected_once")]
