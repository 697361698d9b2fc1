"""Who works when: weekly shifts, what differs from them, a team's calendar, and how many must be there."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inbox.models import Agent, Cause, Team


class Weekday(models.IntegerChoices):
    """Days as ISO 8601 counts them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class Shift(models.Model):
    """A recurring weekly working time of one person, by the clock on the wall of its zone.

    It belongs to the day on which it starts; where `ends` is not after `starts`, it ends on the next day. Several a
    day are allowed. `since` and `until` are the first and the last day on which it starts. On public holidays of his
    teams it does not take place unless `on_holidays`.
    """

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="shifts")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    timezone = models.CharField(_("time zone"), max_length=64)
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"), null=True, blank=True)
    on_holidays = models.BooleanField(_("on public holidays, too"), default=False)

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="shift_is_on_a_day"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="shift_ends_after_it_began"
            ),
        ]


class ChangeKind(models.TextChoices):
    """What differs from the weekly shifts."""

    DAY_OFF = "day_off", _("day off")
    SICK = "sick", _("sick")
    SWAP = "swap", _("swap")  # somebody else works in his place
    EXTRA = "extra", _("extra shift")


class Change(models.Model):
    """A stretch in which it is otherwise than the weekly shifts say, planned ahead or entered on the day.

    An extra shift adds working time and wins over all others; a day off and a sick leave take it away; a swap takes
    it from `agent` and gives what he would have worked to `instead`. `uid` is the event's name in a calendar that was
    imported (RFC 5545, 3.8.4.7): the same calendar again changes nothing.
    """

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="changes")
    kind = models.CharField(_("kind"), max_length=7, choices=ChangeKind)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    instead = models.ForeignKey(
        Agent, models.CASCADE, null=True, blank=True, related_name="stands_in", verbose_name=_("who works instead")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    uid = models.CharField(max_length=255, blank=True, default="")
    by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="change_lasts"),
            models.CheckConstraint(
                condition=Q(kind="swap", instead__isnull=False) | (~Q(kind="swap") & Q(instead=None)),
                name="change_swap_names_another",
            ),
            models.UniqueConstraint("agent", "uid", condition=~Q(uid=""), name="change_imported_once"),
        ]
        indexes = [models.Index("agent", "ends_at", name="change_by_agent")]


class TeamCalendar(models.Model):
    """A team's zone and public holidays. `country` and `subdivision` are those of the library `holidays`.

    `gaps` is where people will be missing, as [from, to, how many], and counts until `outlook_until`; where that is
    empty, it is to be computed anew.
    """

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True, related_name="calendar")
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    country = models.CharField(_("public holidays of"), max_length=2, blank=True, default="")
    subdivision = models.CharField(_("part of the country"), max_length=10, blank=True, default="")
    gaps = models.JSONField(default=list, editable=False)
    outlook_until = models.DateTimeField(null=True, editable=False)


class Cover(models.Model):
    """How many people of a team must be on shift, each week, in a stretch of a day by its calendar's clock.

    The same stretches are its working hours. Where `ends` is not after `starts`, it ends on the next day.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="cover")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    people = models.PositiveSmallIntegerField(_("people"), default=1)

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="cover_is_on_a_day")]


class Roster(models.Model):
    """Where one person stands in his plan, and when to look at him next. Whatever changes his plan makes it due.

    `shift_until` is the end of the planned stretch he is in; `warned_until` the end for which his hand-over list was
    made; `left_until` the end of a stretch that he left early, which does not begin again for him. From
    `watched_since` on it counts that nobody sees him: not before his shift, and not while nobody looked at all; at
    `watch_at` that is too long, and he is looked at.
    `told_away` is the absence for which he was offered to hand over. `moves` says why his open work is to be moved,
    until that is done.
    """

    agent = models.OneToOneField(Agent, models.CASCADE, primary_key=True, related_name="roster")
    due_at = models.DateTimeField(null=True, blank=True)
    shift_until = models.DateTimeField(null=True, blank=True)
    warned_until = models.DateTimeField(null=True, blank=True)
    left_until = models.DateTimeField(null=True, blank=True)
    watched_since = models.DateTimeField(null=True, blank=True)
    watch_at = models.DateTimeField(null=True, blank=True)
    told_away = models.DateTimeField(null=True, blank=True)
    moves = models.CharField(max_length=10, choices=Cause, blank=True, default="")

    class Meta:
        indexes = [
            models.Index("due_at", name="roster_due", condition=Q(due_at__isnull=False)),
            models.Index("watch_at", name="roster_watched", condition=Q(watch_at__isnull=False)),
        ]

    @property
    def first_due(self) -> datetime | None:
        """When he was to be looked at first; None if he is not to be looked at."""
        return min(filter(None, (self.due_at, self.watch_at)), default=None)
