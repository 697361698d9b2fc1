"""The guard of rule 1: nothing leaves that a guideline is against, unless somebody answers for it with a reason.

What is judged is what we say to the customer: an answer in any way of sending, and the standing words that go out by
themselves (acknowledgements, signatures), which are judged when they are saved: nobody is there to ask when they go.
A note is not judged, nor are the customer's own words where they are quoted.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_noop

from connectors.registry import kinds
from inbox import courtesy, hot
from inbox.activity import record
from inbox.desk.fitting import kind_of
from inbox.desk.outside import better_way
from inbox.errors import Refusal
from inbox.models import (
    Channel,
    Conversation,
    Direction,
    GuidelineKind,
    GuidelineVersion,
    Message,
    Override,
    OverrideReason,
)

LONGEST_WORDS = 500
REMEMBERED = 200  # messages of the customer whose words may be quoted

# What was in force when there were so many versions, up to this one: two may be written at once.
_known: tuple[tuple[int, int | None], Sequence[GuidelineVersion]] = ((0, None), [])

COUNT = """
INSERT INTO inbox_guidelinecount (version_id, what, times) VALUES (%s, %s, 1)
ON CONFLICT (version_id, what) DO UPDATE SET times = inbox_guidelinecount.times + 1
"""


@dataclass(frozen=True, slots=True)
class Objection:
    """A guideline that is against a text: the words it found, and the sentence they stand in.

    Those in the brand's signature are not his who writes: an admin changes them.
    """

    version: GuidelineVersion
    words: str
    sentence: str
    better: str
    in_signature: bool = False

    @property
    def kind(self) -> GuidelineKind:
        """What becomes of the text."""
        return GuidelineKind(self.version.kind)


@dataclass(frozen=True, slots=True)
class Insisting:
    """An agent's answer to guidelines: which versions he has seen, and why it is sent all the same.

    A version that asks once is content with being seen. One that stops wants a reason and words.
    """

    seen: frozenset[int] = frozenset()
    reason: str = ""
    words: str = ""


NOT_INSISTING = Insisting()


class AgainstGuidelines(Refusal):
    """A guideline stands in the way. Your text has not been sent."""

    sentence = gettext_noop("A guideline stands in the way. Your text has not been sent.")
    asking = gettext_noop("Read this once more. If it is meant like that, send it again.")

    def __init__(self, objections: Sequence[Objection], sentence: str = "") -> None:
        stops = any(each.kind == GuidelineKind.BLOCK for each in objections)
        super().__init__(sentence or (self.sentence if stops else self.asking))
        self.objections = objections


def objections_to(text: str, conversation: Conversation, *, subject: str = "") -> list[Objection]:
    """What guidelines are against in an answer to this conversation, in the order of the text; then in its signature.

    A `subject` is judged where it is ours.
    """
    if kind_of(conversation).by_hand:
        text = text.replace(better_way(conversation), "")  # our own words, which the composer puts there
    theirs = _said_by_him(text, conversation)
    return _objections(subject, text, conversation.reply_channel, conversation.team_id, theirs)


def objections_to_first(subject: str, text: str, channel: Channel) -> list[Objection]:
    """What guidelines are against in a text that begins a conversation on this channel."""
    return _objections(subject, text, channel, channel.team_id)


def _objections(subject: str, text: str, channel: Channel, team: int, theirs: str = "") -> list[Objection]:
    """In what goes out there, and in what is put under it: a guideline may be younger than the signature."""
    kind, versions = kinds()[channel.kind], _in_force_at(channel.pk, team)
    ours = [*objections_in(subject if kind.subjects else "", versions), *objections_in(text, versions, theirs=theirs)]
    under = objections_in(channel.stands_under if kind.signs else "", versions)
    return [*ours, *(replace(each, in_signature=True) for each in under)]


def in_force() -> Sequence[GuidelineVersion]:
    """The newest version of each guideline that is in use. No version changes: only a new one is a reason to ask."""
    global _known  # one for the process
    (written,) = hot.fetch("SELECT count(*), max(id) FROM inbox_guidelineversion")
    if _known[0] != written:
        newest = GuidelineVersion.objects.order_by("guideline", "-number").distinct("guideline")
        _known = written, [version for version in newest.prefetch_related("channels", "teams") if version.is_on]
    return _known[1]


def _in_force_at(channel: int, team: int) -> list[GuidelineVersion]:
    return [version for version in in_force() if holds(version, [channel], team)]


def holds(version: GuidelineVersion, channels: Collection[int] | None, team: int | None) -> bool:
    """Whether it holds on one of these channels, in this team; None is any of them."""
    of_channels = {each.pk for each in version.channels.all()}
    of_teams = {each.pk for each in version.teams.all()}
    on_one = channels is None or not of_channels or not of_channels.isdisjoint(channels)
    return on_one and (team is None or not of_teams or team in of_teams)


def objections_in(text: str, versions: Sequence[GuidelineVersion], *, theirs: str = "") -> list[Objection]:
    """What these versions, saved or not, are against in a text of ours. `theirs` is what the customer said."""
    rules = [courtesy.Rule(key, tuple(each.phrases), tuple(each.passes)) for key, each in enumerate(versions)]
    found = courtesy.check(text, rules, theirs=theirs)
    return [_objection(versions[each.key], each) for each in found]


def _objection(version: GuidelineVersion, found: courtesy.Found) -> Objection:
    """With the better wording in the language that was written, if there is one."""
    better = version.better_ru if found.is_russian else version.better
    return Objection(version=version, words=found.words, sentence=found.sentence, better=better)


def _said_by_him(text: str, conversation: Conversation) -> str:
    if not courtesy.quotes(text):
        return ""
    said = conversation.messages.filter(direction=Direction.INCOMING).order_by("-pk")
    return "\n".join(said.values_list("text", flat=True)[:REMEMBERED])


def require_courtesy(
    text: str, conversation: Conversation, insisting: Insisting, *, subject: str = ""
) -> list[Objection]:
    """Raise AgainstGuidelines unless nothing is against it, or he has answered for it. Return what he overrides."""
    found = objections_to(text, conversation, subject=subject)
    objections = [each for each in found if each.kind != GuidelineKind.PREFER]
    stops = [each for each in objections if each.kind == GuidelineKind.BLOCK]
    unseen = [each for each in objections if each.version.pk not in insisting.seen]
    if unseen or (stops and not insisting.reason):
        raise AgainstGuidelines(objections)
    if stops and (insisting.reason not in OverrideReason.values or not insisting.words.strip()):
        raise AgainstGuidelines(
            objections, gettext_noop("Choose the reason, and say in words why it must be sent like this.")
        )
    return stops


def override(message: Message, objections: Sequence[Objection], insisting: Insisting, *, now: datetime) -> None:
    """Keep on the message, and count, that it was sent although a guideline stopped it. Call inside its transaction."""
    assert message.author
    for version, words in {each.version: each.words for each in objections}.items():
        Override.objects.create(
            message=message,
            version=version,
            found=words[:500],
            reason=insisting.reason,
            words=insisting.words.strip()[:LONGEST_WORDS],
            by=message.author,
            at=now,
        )
        _count(version, insisting.reason)
        values = {"guideline": version.guideline_id, "version": version.pk, "message": message.pk}
        record(
            "guideline_overridden",
            now=now,
            by=message.author,
            conversation=message.conversation_id,
            **values,
            reason=insisting.reason,
        )


@contextmanager
def counted() -> Iterator[None]:
    """Count whom a guideline stops. Put it around the outermost transaction, which what was stopped undoes.

    Around an inner one it is undone with it, and the outer one counts.
    """
    try:
        yield
    except AgainstGuidelines as refusal:
        for version in {each.version for each in refusal.objections}:
            _count(version, "")
        raise


def _count(version: GuidelineVersion, what: str) -> None:
    hot.change(COUNT, [version.pk, what])


def require_courteous_words(words: Sequence[str]) -> None:
    """Raise AgainstGuidelines for standing words that a guideline stops or asks about: a program has nobody to ask."""
    versions = [version for version in in_force() if version.kind != GuidelineKind.PREFER]
    objections = [each for text in words for each in objections_in(text, versions)]
    if objections:
        raise AgainstGuidelines(objections)


def in_short(objections: Sequence[Objection]) -> str:
    """What is wrong and what is better, in the reader's language: for a form, which has one line for it."""
    return " ".join(f"{each.words}: {each.version.why} {each.better}".strip() for each in objections)
