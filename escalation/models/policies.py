"""How long a problem may wait on each level, and what has climbed."""

from datetime import timedelta

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models import Agent, Channel, Conversation, Plan, Topic


class Clock(models.TextChoices):
    """What counts as waiting. Either stops only while the customer owes us an answer."""

    CALENDAR = "calendar", _("all the time")
    WORKING = "working", _("the team's working hours")


class Policy(models.Model):
    """The steps of the climb for some conversations. Of those that fit, the first counts (policies.in_order).

    An empty scope fits everything. `update_after` is how long the customer of an open problem may hear nothing.
    `tells_customer` sends `words` to him when his problem climbs; they may hold {number}, {level} and {time}.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_on = models.BooleanField(_("in use"), default=True)
    clock = models.CharField(_("clock"), max_length=8, choices=Clock, default=Clock.CALENDAR)
    channels = models.ManyToManyField(Channel, blank=True, related_name="+", verbose_name=_("channels"))
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    plans = models.ManyToManyField(Plan, blank=True, related_name="policies", verbose_name=_("plans"))
    priority = models.SmallIntegerField(_("from this priority on"), null=True, blank=True)
    update_after = models.DurationField(_("an update is due after"), null=True, blank=True, default=timedelta(hours=8))
    tells_customer = models.BooleanField(_("tell the customer when it climbs"), default=False)
    words = models.TextField(_("what he is told"), blank=True, default="")
    words_ru = models.TextField(_("what he is told, in Russian"), blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Target(models.TextChoices):
    """Who gets it on a level. If nobody there is on duty: its holder, else the deputy, even off duty."""

    LEVEL = "level", _("whoever of the level is on duty and has least to do")
    LEAD = "lead", _("the team's duty lead")
    PERSON = "person", _("a named person")


class Step(models.Model):
    """When a conversation climbs, to which level and to whom. Without a `level` it is the highest there is."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="steps")
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True, validators=[MinValueValidator(2)])
    after = models.DurationField(_("after"))
    target = models.CharField(_("to"), max_length=6, choices=Target, default=Target.LEVEL)
    person = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person"))
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["after", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target="person", person__isnull=False) | ~Q(target="person"), name="step_names_its_person"
            ),
            models.CheckConstraint(condition=Q(after__gt=timedelta(0)), name="step_waits"),
        ]


class Climb(models.Model):
    """One step that one conversation has climbed: raised once in a cycle, whatever is restarted or doubled.

    `due_at` is when its time was up, `at` when it was raised.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="climbs")
    cycle = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    taken_from = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")
    given_to = models.ForeignKey(Agent, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "cycle", "level", name="climb_once")]
