"""Lists that people have made for themselves or their team: a search that is kept."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models.people import Agent, Team


class Order(models.TextChoices):
    """What stands first in a list."""

    NEWEST = "newest", _("where something happened last")
    OLDEST = "oldest", _("where nothing has happened for longest")
    CLIMBS = "climbs", _("what climbs first")
    PROMISE = "promise", _("what was promised first")  # of a list in which everything is promised
    WAKES = "wakes", _("what wakes first")  # of one in which everything is snoozed


# By which every list can be ordered.
ORDERS = (Order.NEWEST, Order.OLDEST, Order.CLIMBS)


class Fact(models.TextChoices):
    """What a row tells besides customer, words and owner."""

    CLIMB = "climb", _("time left until it climbs")
    PROMISE = "promise", _("what was promised")
    NUMBER = "number", _("number")
    WINDOW = "window", _("the window for answers")
    STATE = "state", _("state")
    TAGS = "tags", _("tags")


class SavedView(models.Model):
    """A search with a name, in somebody's own rail or in that of everybody who reads in a team.

    `query` is as it is typed (inbox/query.py); what it finds depends on who looks, so `owner:me` is each reader's own.
    `counted` says whether the rail tells how much is in it. They stand by `position`, those of equal ones by age.
    """

    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("what is in it"), max_length=300)
    owner = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="saved_views")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="saved_views")
    order = models.CharField(
        _("what stands first"), max_length=7, choices=[(one.value, one.label) for one in ORDERS], default=Order.NEWEST
    )
    facts = ArrayField(models.CharField(max_length=8, choices=Fact), default=list, blank=True)
    counted = models.BooleanField(_("The rail tells how much is in it"), default=True)
    position = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None, team__isnull=False) | Q(owner__isnull=False, team=None),
                name="savedview_is_somebodys",
            ),
            models.CheckConstraint(condition=~Q(query=""), name="savedview_looks_for_something"),
        ]

    @property
    def value(self) -> str:
        """As addresses name it."""
        return f"v{self.pk}"

    def __str__(self) -> str:
        return self.name
