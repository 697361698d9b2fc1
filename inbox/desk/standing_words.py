"""Words that stand ready: each was judged when it was saved, and a guideline may be younger than that."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from connectors.registry import kinds
from inbox.desk.judge import holds, objections_in
from inbox.models import Brand, CannedAnswer, GuidelineKind, GuidelineVersion


@dataclass(frozen=True, slots=True)
class Standing:
    """A text, and where it stands, in the reader's language; on which channels and in which team it is said.

    None where that may be any.
    """

    where: str
    text: str
    channels: Collection[int] | None = None
    team: int | None = None


# What higher rooms say to customers by themselves.
beyond: list[Callable[[], Iterable[Standing]]] = []


def against(version: GuidelineVersion) -> list[str]:
    """Where words stand that this guideline, in use, stops or asks about where they are said."""
    if not version.is_on or version.kind == GuidelineKind.PREFER:
        return []
    there = (each for each in _all() if holds(version, each.channels, each.team))
    return list(dict.fromkeys(each.where for each in there if objections_in(each.text, [version])))


def _all() -> Iterator[Standing]:
    for brand in Brand.objects.order_by("name").prefetch_related("channels"):
        signing = [channel for channel in brand.channels.all() if kinds()[channel.kind].signs]
        if under := [channel.pk for channel in signing if not channel.signature]:
            yield Standing(_("the signature of %(name)s") % {"name": brand.name}, brand.signature, under)
        for channel in signing:
            yield Standing(_("the signature of %(name)s") % {"name": channel.name}, channel.signature, [channel.pk])
    for answer in CannedAnswer.objects.select_related("owner").order_by("name", "pk"):
        name = answer.owner.name if answer.owner else answer.name
        whose = _("an answer of %(name)s's own") if answer.owner else _("the canned answer “%(name)s”")
        yield Standing(whose % {"name": name}, answer.text, team=answer.team_id)
    for theirs in beyond:
        yield from theirs()
