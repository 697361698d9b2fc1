"""Connected accounts, the apps of ours they run through, and the brands they belong to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models.people import Team


class Brand(models.Model):
    """A name, look and signature that channels belong to."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    host = models.CharField(max_length=200, blank=True, default="")
    colour = models.CharField(max_length=7, blank=True, default="")
    signature = models.TextField(_("signature"), blank=True, default="")

    def __str__(self) -> str:
        return self.name


class ProviderApp(models.Model):
    """One app of ours at a provider, serving many channels. Its webhooks come to /hooks/<kind>/<token>.

    `strangers` counts what came for accounts that are no channel of ours; its bytes are kept.
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=100)
    token = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField(default=b"")
    strangers = models.PositiveIntegerField(default=0)
    last_call_at = models.DateTimeField(null=True, blank=True)
    refused_calls = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ChannelState(models.TextChoices):
    """Whether a channel may be used, and who must act if not."""

    WORKING = "working", _("works")
    PAUSED = "paused", _("paused")
    REFUSED = "refused", _("refused: an admin must connect it again")


class Channel(models.Model):
    """One connected account: a mailbox, an X account, a Facebook Page.

    `cursor` says up to where the provider was read; it moves in the same transaction as the rows it brought. `looked`
    is the same for the gap check, which goes its own way.
    `failures`, `broken_until` are the breaker: one broken channel never stops another. `account` is how the provider's
    webhooks name it. `left` holds what remains of each of the provider's limits, `report` what the provider last said
    of the account (shapes of connectors.meter.Left and connectors.contract.Report). `monthly_cap` is in millionths of
    a dollar. `weight` is how much of a person's capacity one open conversation takes here.
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=150)
    address = models.CharField(max_length=320)
    account = models.CharField(max_length=320)
    brand = models.ForeignKey(Brand, models.PROTECT, verbose_name=_("brand"), related_name="channels")
    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("team"), related_name="channels")
    app = models.ForeignKey(ProviderApp, models.PROTECT, null=True, blank=True, related_name="channels")
    sealed = models.BinaryField(default=b"")
    cursor = models.TextField(blank=True, default="")
    looked = models.TextField(blank=True, default="", db_default="")
    state = models.CharField(max_length=8, choices=ChannelState, default=ChannelState.WORKING)
    poll_at = models.DateTimeField(null=True, blank=True)
    renew_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    broken_until = models.DateTimeField(null=True, blank=True)
    last_poll_at = models.DateTimeField(null=True, blank=True)
    last_in_at = models.DateTimeField(null=True, blank=True)
    last_out_at = models.DateTimeField(null=True, blank=True)
    backlog = models.PositiveIntegerField(default=0)
    last_error = models.JSONField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    left = models.JSONField(default=dict)
    report = models.JSONField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    monthly_cap = models.PositiveBigIntegerField(null=True, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    signature = models.TextField(_("signature"), blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "account", name="channel_account_once"),
        ]
        indexes = [
            models.Index("poll_at", name="channel_due", condition=Q(state="working")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stands_under(self) -> str:
        """The signature under what is said here: its own, or else its brand's."""
        return self.signature or self.brand.signature


class Spending(models.Model):
    """What a channel used of something that is paid for, in a month of UTC. `cost` is in millionths of a dollar."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="spendings")
    month = models.DateField()
    price = models.CharField(max_length=40)
    units = models.PositiveBigIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("channel", "month", "price", name="spending_once")]


class Bought(models.Model):
    """A thing that was read at a provider who charges for it once a day (of UTC), however often it is read."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    price = models.CharField(max_length=40)
    thing = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint("channel", "day", "price", "thing", name="bought_once_a_day")]
