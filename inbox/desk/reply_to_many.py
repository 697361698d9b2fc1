"""One answer to many conversations: each goes its own way, on its own channel, and can be taken back for a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from inbox.database import storable
from inbox.desk import drafts
from inbox.desk.along import NOTHING_ELSE, Along
from inbox.desk.answers import answers_of
from inbox.desk.filling import filled, require_known
from inbox.desk.judge import Insisting, Objection, counted, objections_to, require_courtesy
from inbox.desk.reply import LONGEST, Draft, reply
from inbox.desk.undo_send import undo_send
from inbox.errors import AlreadyDone, Invalid
from inbox.models import Activity, Agent, Conversation, Message, Mode, State


def require_sayable(text: str, conversations: Sequence[Conversation], insisting: Insisting, *, by: Agent) -> str:
    """The text as it is kept, with its places for what differs (inbox/desk/filling.py).

    Raise Invalid where it could be sent to none of them, AgainstGuidelines if a guideline stops it at one of them.
    """
    text = storable(text).strip()
    if not text:
        raise Invalid(gettext_noop("There is no text to send yet."))
    if len(text) > LONGEST:
        raise Invalid(gettext_noop("The text is too long to be a reply."))
    require_known(text)
    for conversation in _one_of_each(conversations):
        with counted():
            require_courtesy(filled(text, conversation, by=by), conversation, insisting)
    return text


def objections_to_many(text: str, conversations: Sequence[Conversation], *, by: Agent) -> list[Objection]:
    """What guidelines are against in it, wherever it goes."""
    found = [objections_to(filled(text, each, by=by), each) for each in _one_of_each(conversations)]
    return [objection for objections in found for objection in objections]


def _one_of_each(conversations: Sequence[Conversation]) -> Sequence[Conversation]:
    """One of each channel and team: by these a guideline holds or does not."""
    return list({(each.reply_channel_id, each.team_id): each for each in conversations}.values())


@dataclass(frozen=True, slots=True)
class ForAll:
    """What is sent to all of them, and what follows; what the canned `answer` does besides is done, too."""

    text: str
    then: State
    answer: int | None
    insisting: Insisting


def say(conversation: Conversation, words: ForAll, *, seen: Sequence[int], by: Agent, now: datetime) -> Message:
    """Answer one of them as anybody would. Raise what `reply` does.

    `seen` is up to which message, and which line of the log, he knew it.
    """
    text, along = filled(words.text, conversation, by=by), _along(words.answer, by)
    draft = Draft(text, then=words.then, insisting=words.insisting, along=along)
    up_to, brought = seen
    return reply(conversation, draft, by=by, seen_up_to=up_to, seen_brought=brought, now=now)


def _along(answer: int | None, by: Agent) -> Along:
    found = answers_of(by).filter(pk=answer).first() if answer else None
    if found is None:
        return NOTHING_ELSE
    return Along(found.tags, found.to_agent or found.to_team, found.reason, found.note, found.pk)


def take_back(conversation: Conversation, *, mark: int, by: Agent, now: datetime) -> None:
    """Take the answer back that stands in its log up to the line `mark`. Raise AlreadyDone if it has left.

    What he had begun to write there himself stays his draft; the text for all is none.
    """
    said = Activity.objects.filter(conversation=conversation, verb="replied", actor=by, pk__lte=mark).latest("pk")
    message = Message.objects.select_related("conversation").get(pk=said.data["message"])
    begun = drafts.of(conversation, by)
    try:
        undo_send(message, by=by, now=now)
    except AlreadyDone as error:
        raise AlreadyDone(gettext_noop("It has gone out already.")) from error
    if Mode.REPLY not in begun:
        drafts.forget(conversation, Mode.REPLY, by=by)
