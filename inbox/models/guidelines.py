"""What we may and may not say: guidelines, whom they stopped, and who had a reason to send it all the same."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from inbox.models.channels import Channel
from inbox.models.messages import Message
from inbox.models.people import Agent, Team


class Guideline(models.Model):
    """A rule on what we say. What it says stands in its versions, of which the newest counts."""


class GuidelineKind(models.TextChoices):
    """What happens to a text that a guideline is against."""

    BLOCK = "block", _("stops it")
    WARN = "warn", _("asks once")
    PREFER = "prefer", _("suggests")


class GuidelineVersion(models.Model):
    """What a guideline said from `at` on. Rows are never changed or deleted: a trigger (migration 0010) refuses it.

    `phrases` and `passes` are lists as `inbox.courtesy` reads them. Without channels or teams it holds in all of them.
    `by` is nobody for those that were there from the first day.
    """

    guideline = models.ForeignKey(Guideline, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")
    is_on = models.BooleanField(_("in use"), default=True)
    kind = models.CharField(_("what it does"), max_length=6, choices=GuidelineKind)
    name = models.CharField(_("name"), max_length=100)
    name_ru = models.CharField(_("name, in Russian"), max_length=100, blank=True, default="")
    phrases = models.JSONField(_("phrases"), default=list)
    passes = models.JSONField(_("what passes all the same"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    reason_ru = models.CharField(_("reason, in Russian"), max_length=300, blank=True, default="")
    better = models.CharField(_("better wording"), max_length=500, blank=True, default="")
    better_ru = models.CharField(_("better wording, in Russian"), max_length=500, blank=True, default="")
    channels = models.ManyToManyField(Channel, blank=True, related_name="+", verbose_name=_("channels"))
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("teams"))

    class Meta:
        constraints = [models.UniqueConstraint("guideline", "number", name="guidelineversion_once")]

    def __str__(self) -> str:
        return self.in_readers_language("name")

    @property
    def why(self) -> str:
        """The reason, in the reader's language."""
        return self.in_readers_language("reason")

    def in_readers_language(self, field: str) -> str:
        """The text of a field in the reader's language, else in English."""
        russian: str = getattr(self, f"{field}_ru") if get_language() == "ru" else ""
        return russian or str(getattr(self, field))


class OverrideReason(models.TextChoices):
    """Why something was sent that a guideline stops: a closed list, so that it can be counted."""

    LAW = "law", _("the law requires it, such as a signed statement")
    ASKED = "asked", _("the customer asked for it himself")
    DANGER = "danger", _("danger to life, health or money: every minute counts")
    SECRET = "secret", _("what he must send may not go through this channel")
    MISREAD = "misread", _("the guideline misread the sentence")


class Override(models.Model):
    """A message that was sent although a guideline stopped it, with the reason and the words of who sent it."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="overrides")
    version = models.ForeignKey(GuidelineVersion, models.PROTECT, related_name="overrides")
    found = models.CharField(max_length=500)
    reason = models.CharField(max_length=7, choices=OverrideReason)
    words = models.CharField(max_length=500)
    by = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("message", "version", name="override_once")]


class GuidelineCount(models.Model):
    """How often a version stopped something (`what` is empty), or was overridden for a reason (`what` is that one).

    Counted as it happens: a page that shows it reads a few rows, however much was written since.
    """

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="counts")
    what = models.CharField(max_length=7, blank=True, default="")
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("version", "what", name="guidelinecount_once")]
