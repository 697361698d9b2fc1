"""What the running system remembers about itself: the installation, timetable slots, workers, keys given out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models.people import Agent


class Installation(models.Model):
    """The one row of this installation. `push_key` is by what push services of browsers know us, sealed; made once."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    company = models.CharField(_("company"), max_length=150, blank=True, default="")
    separate_mailboxes = models.BooleanField(default=False)
    push_key = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="installation_is_one")]


class Slot(models.Model):
    """One turn of a periodic job: two timetables cannot both take it."""

    job = models.CharField(max_length=60)
    slot_start = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("job", "slot_start", name="slot_once")]


class Checked(models.Model):
    """What must always hold, how often that was looked at, and how many rows broke it the last time."""

    name = models.CharField(max_length=200, primary_key=True)
    times = models.PositiveBigIntegerField(default=0)
    broken = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField()


class Purpose(models.TextChoices):
    """What a one-time link is for."""

    SIGN_IN = "sign_in", _("sign in")
    INVITE = "invite", _("invitation")
    FIRST_ADMIN = "first_admin", _("make the first admin")


class OneTimeLink(models.Model):
    """A link that works once. Only its hash is kept; a first-admin link belongs to nobody yet."""

    agent = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="links")
    purpose = models.CharField(max_length=12, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="first_admin", agent=None) | (~Q(purpose="first_admin") & Q(agent__isnull=False)),
                name="onetimelink_is_for_somebody",
            )
        ]


class ApiToken(models.Model):
    """A key for the API. Only its hash is kept; it may do what its owner may do, as long as he may."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)


class IdempotencyKey(models.Model):
    """A request that must have its effect once, however often it is repeated. Kept for seven days."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("agent", "key", name="idempotencykey_once")]
