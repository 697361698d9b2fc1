"""What a supervisor wants done with new conversations of a certain sort."""

from django.db import models

from inbox.models import Agent


class Rule(models.Model):
    """If all conditions fit a conversation that was opened, these things are done with it, once.

    `conditions` and `actions` have the shapes of escalation.rules.Conditions and Actions. Rules are asked in the order
    of `position`; of two that fit and disagree the earlier one wins.
    """

    name = models.CharField(max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_on = models.BooleanField(default=True)
    conditions = models.JSONField(default=dict)
    actions = models.JSONField(default=dict)
    made_by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
