"""Agents, teams, what one may do where, who leads when, and the management ladder."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from inbox.models.ranges import IdRange, TimeRange


class Role(models.TextChoices):
    """What one may do; a Membership says where."""

    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")


class Status(models.TextChoices):
    """Whether a person is at work now."""

    ON_SHIFT = "on_shift", _("on shift")
    AWAY = "away", _("away for a moment")
    OFF = "off", _("off")


class Theme(models.TextChoices):
    """Light or dark: by the system, or by choice."""

    SYSTEM = "", _("as the system")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class Density(models.TextChoices):
    """How much fits on a screen."""

    COMFORTABLE = "", _("comfortable")
    COMPACT = "compact", _("compact")


class AfterSending(models.TextChoices):
    """What is shown when an answer has been sent."""

    STAY = "", _("the same conversation")
    NEXT = "next", _("the next one in the list")
    LIST = "list", _("the list")


class AgentManager(BaseUserManager["Agent"]):
    """Finds people by the address they sign in with."""

    def get_by_natural_key(self, email: str | None) -> "Agent":
        return self.get(email=(email or "").lower())


class Agent(AbstractBaseUser):
    """Somebody who works here and signs in, whatever he may do. Switched off, never deleted.

    `quiet` are the matters (inbox/models/notices.py) of which he does not want to be told, `sound` whether he hears it.
    `panes` is how wide he has the panes of the desk, and which he has shut (inbox/web/panes.py).
    `single_keys` says whether keys do something by themselves, `keys` which of them he has moved (inbox/keys.py).
    `on_shift_since` is when he came, `on_shift_until` the end of his present shift, empty where none was planned, and
    `next_shift_at` when the next one begins, as his plan says; `seen_at` is when he last did something. `capacity` is
    how much weight of open work routing may give him, `reserved` the part of it that is kept for clients whose plan
    says so.
    """

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    theme = models.CharField(max_length=8, choices=Theme, blank=True, default=Theme.SYSTEM)
    density = models.CharField(max_length=8, choices=Density, blank=True, default=Density.COMFORTABLE)
    single_keys = models.BooleanField(default=True)
    keys = models.JSONField(default=dict, blank=True)
    panes = models.JSONField(default=dict, blank=True)
    after_sending = models.CharField(max_length=4, choices=AfterSending, blank=True, default=AfterSending.STAY)
    quiet = models.JSONField(default=list, blank=True)
    sound = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OFF)
    on_shift_since = models.DateTimeField(null=True, blank=True)
    on_shift_until = models.DateTimeField(null=True, blank=True)
    next_shift_at = models.DateTimeField(null=True, blank=True)
    away_since = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=12)
    reserved = models.PositiveSmallIntegerField(_("reserved for important clients"), default=0)
    created_at = models.DateTimeField()
    switched_off_at = models.DateTimeField(null=True, blank=True)
    session_salt = models.UUIDField(default=uuid4, editable=False)

    objects: ClassVar[AgentManager] = AgentManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="agent_email_is_lowercase"),
            models.CheckConstraint(
                condition=Q(is_active=True, switched_off_at=None) | Q(is_active=False, switched_off_at__isnull=False),
                name="agent_switched_off_has_a_time",
            ),
            models.CheckConstraint(condition=Q(reserved__lte=F("capacity")), name="agent_reserves_what_he_has"),
            models.CheckConstraint(
                condition=Q(status="away", away_since__isnull=False) | (~Q(status="away") & Q(away_since=None)),
                name="agent_away_has_a_time",
            ),
        ]

    def get_session_auth_hash(self) -> str:
        """What a session must carry: it changes with the password, and when he is signed out everywhere."""
        return salted_hmac(f"otvet.session.{self.session_salt}", self.password, algorithm="sha256").hexdigest()

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who share a queue. Its standing lead is responsible whenever no shift says otherwise."""

    name = models.CharField(_("name"), max_length=100)
    lead = models.ForeignKey(Agent, models.PROTECT, related_name="leads", verbose_name=_("standing lead"))
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person, in one team or, where the team is empty, everywhere."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships", null=True, blank=True)
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint("agent", "team", "role", name="membership_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=(Q(role=Role.ADMIN) & Q(team=None))
                | Q(role=Role.MANAGER)
                | (Q(role__in=[Role.AGENT, Role.SUPERVISOR]) & Q(team__isnull=False)),
                name="membership_is_where_its_role_works",
            ),
        ]


class LeadTerm(models.Model):
    """Who answered for a team's queue, and when: a history without gap or overlap.

    A deferred trigger (migration 0002) refuses a gap, and a team without a present term.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="terms")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="terms")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("team", condition=Q(ended_at=None), name="leadterm_one_present"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="leadterm_lasts"),
            ExclusionConstraint(
                name="leadterm_no_overlap",
                expressions=[
                    (IdRange("team", "team", Value("[]")), "&&"),
                    (TimeRange("started_at", "ended_at", Value("[)")), "&&"),
                ],
            ),
        ]


class Level(models.Model):
    """A rung of the management ladder: 1 is the front line, the highest is the executive."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    holder = models.ForeignKey(Agent, models.PROTECT, related_name="holds", verbose_name=_("holder"))
    deputy = models.ForeignKey(
        Agent, models.PROTECT, related_name="deputises", null=True, blank=True, verbose_name=_("deputy")
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="level_counts_from_one"),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("holder")), name="level_deputy_is_another_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
