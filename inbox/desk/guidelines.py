"""Saying what may be said: a guideline gets a new version, and none that it had is lost."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from inbox.activity import record
from inbox.courtesy import BadPhrase, Rule, read_rule
from inbox.errors import AlreadyDone, Invalid
from inbox.models import Agent, Channel, Guideline, GuidelineVersion, Team
from inbox.permissions import Can, require


def set_guideline(
    version: GuidelineVersion,
    *,
    of: Guideline | None,
    after: int,
    channels: Iterable[Channel],
    teams: Iterable[Team],
    by: Agent,
    now: datetime,
) -> GuidelineVersion:
    """Make this the newest version of a guideline, or of a new one. `after` is the number of the version it changes.

    Raise AlreadyDone if another is newer, Invalid for a phrase that cannot be read.
    """
    require(by, Can.MAKE_GUIDELINES)
    if not version.phrases:
        raise Invalid(gettext_noop("There is no phrase in this guideline yet."))
    _readable(version)
    with transaction.atomic():
        guideline = Guideline.objects.select_for_update().get(pk=of.pk) if of else Guideline.objects.create()
        newest = guideline.versions.order_by("-number").values_list("number", flat=True).first() or 0
        if newest != after:
            raise AlreadyDone
        version.pk, version.guideline, version.number = None, guideline, newest + 1
        version.by, version.at = by, now
        version.save(force_insert=True)
        version.channels.set(channels)
        version.teams.set(teams)
        record("guideline_set", now=now, by=by, guideline=guideline.pk, version=version.pk, on=version.is_on)
    return version


def _readable(version: GuidelineVersion) -> None:
    try:
        read_rule(Rule(0, tuple(version.phrases), tuple(version.passes)))
    except BadPhrase as error:
        raise Invalid(error.sentence, phrase=error.phrase) from error
