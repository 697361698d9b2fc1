"""Words that go out by themselves: each was judged when it was saved, and a guideline may be younger than that."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inbox.desk.judge import objections_in
from inbox.models import Brand, CannedAnswer, GuidelineKind, GuidelineVersion


@dataclass(frozen=True, slots=True)
class Standing:
    """A text, and where it stands, in the reader's language."""

    where: str
    text: str


# What higher rooms say to customers by themselves.
beyond: list[Callable[[], Iterable[Standing]]] = []


def against(version: GuidelineVersion) -> list[str]:
    """Where words stand that this guideline, in use, stops or asks about."""
    if not version.is_on or version.kind == GuidelineKind.PREFER:
        return []
    found = (each.where for each in _all() if objections_in(each.text, [version]))
    return list(dict.fromkeys(found))


def _all() -> Iterator[Standing]:
    for brand in Brand.objects.order_by("name"):
        yield Standing(_("the signature of %(name)s") % {"name": brand.name}, brand.signature)
    for answer in CannedAnswer.objects.select_related("owner").order_by("name", "pk"):
        name = answer.owner.name if answer.owner else answer.name
        whose = _("an answer of %(name)s's own") if answer.owner else _("the canned answer “%(name)s”")
        yield Standing(whose % {"name": name}, answer.text)
    for theirs in beyond:
        yield from theirs()
