"""Answering the customer, on the channel he chose."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext_noop

from connectors.contract import File, Person, Reply
from connectors.errors import Rejected
from inbox import blobs, hot
from inbox.connect import connect
from inbox.database import storable
from inbox.desk.along import NOTHING_ELSE, Along, do_along, require_possible
from inbox.desk.drafts import Beside, kept_of
from inbox.desk.fitting import require_fit, require_window
from inbox.desk.judge import NOT_INSISTING, Insisting, counted, override, require_courtesy
from inbox.desk.ownership import hand, locked_to_write, reopen, require_not_merged, standing
from inbox.desk.seen import nothing_new_since
from inbox.desk.solve import set_solved
from inbox.desk.stretches import mark_answered
from inbox.errors import ChannelCannot, Invalid
from inbox.failpoints import failpoint
from inbox.models import (
    Address,
    Agent,
    Attachment,
    Cause,
    Channel,
    Conversation,
    Customer,
    Direction,
    Message,
    Participant,
    State,
    known_as,
    preview_of,
)
from inbox.outbound import outbox
from inbox.outbound.outbox import UNDO_WINDOW
from inbox.permissions import Can, require
from inbox.signing import token_for

LONGEST = 500_000  # characters; what is longer was pasted by mistake
OF_WHAT_IS_ANSWERED = ("conversation", "text", "details", "happened_at", "sender")  # a mail's HTML may be long
ANSWERED = """
WHERE t.conversation_id = %s AND t.direction = 'incoming' AND t.automatic = '' AND t.withdrawn_at IS NULL
ORDER BY t.happened_at DESC, t.id DESC LIMIT 1
"""
REFERENCES = """
SELECT p.reference FROM inbox_message m JOIN inbox_providerid p ON p.message_id = m.id
WHERE m.conversation_id = %s AND m.withdrawn_at IS NULL ORDER BY m.id DESC, p.id DESC LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent wrote: the text, who gets a copy, which uploads go along, and what follows.

    `parts_seen` is in how many parts he saw it go out, on a channel where a long text does. `insisting` is his answer
    to guidelines that are against it; `along` is what else is done with it, whose `to` leaves it open. `beside` is what
    stood beside it in his composer: it comes back with the text if he takes the answer back. `subject` is what we call
    what we begin ourselves. `key` becomes that of the message: what comes twice is known by it.
    """

    text: str
    cc: Sequence[str] = ()
    attachments: Sequence[UUID] = ()
    then: State = State.PENDING
    quote: bool = True
    parts_seen: int = 1
    private_answer_to: str = ""
    insisting: Insisting = NOT_INSISTING
    along: Along = NOTHING_ELSE
    beside: Beside = field(default_factory=dict)
    subject: str = ""
    key: UUID = field(default_factory=uuid4)


def reply(
    conversation: Conversation,
    draft: Draft,
    *,
    by: Agent,
    seen_up_to: int,
    seen_brought: int | None = None,
    now: datetime,
    undo: timedelta = UNDO_WINDOW,
) -> Message:
    """Queue an answer and set what follows: it waits for the customer, is solved, or still needs us.

    What is solved stays so after words of thanks; only if it still needs us it is opened again. A snooze ends.

    `seen_up_to` and `seen_brought` are what the agent's screen showed, see `nothing_new_since`. Raise SomethingNew if
    the customer has written since, MergedAway, AgainstGuidelines if a guideline stops it, ChannelCannot if the channel
    cannot carry it, PartsNotSeen if it goes out in other parts than he saw, Invalid for an empty text.
    """
    require(by, Can.REPLY, conversation)
    require_not_merged(conversation)  # nothing else that is wrong with it matters then
    text = _possible(draft)
    with counted():
        overridden = require_courtesy(text, conversation, draft.insisting, subject=draft.subject)
    with transaction.atomic():
        transaction.on_commit(partial(failpoint, "after_reply_commit"))
        conversation = locked_to_write(conversation)
        conversation.reply_channel = _channel_of(conversation)
        nothing_new_since(conversation, seen_up_to, seen_brought)
        message = _write(conversation, draft, text, by, now)
        override(message, overridden, draft.insisting, now=now)
        if not draft.private_answer_to:  # to something public, however long he was silent in private
            require_window(conversation, now)
        require_fit(conversation, message, parts_seen=draft.parts_seen)
        send(conversation, message, draft, now, undo)
        _take_if_free(conversation, by, now)
        _what_follows(conversation, message, draft, by, now)
        do_along(conversation, draft.along, message, by=by, now=now)
        failpoint("before_reply_commit")
        transaction.on_commit(partial(failpoint, "after_reply_hint"))
    return message


def _possible(draft: Draft) -> str:
    """Its text as it is kept."""
    text = storable(draft.text).strip()
    if not text and not draft.attachments:
        raise Invalid(gettext_noop("There is no text to send yet."))
    if len(text) > LONGEST:
        raise Invalid(gettext_noop("The text is too long to be a reply."))
    require_possible(draft.along, draft.then)
    return text


def _write(conversation: Conversation, draft: Draft, text: str, by: Agent, now: datetime) -> Message:
    written = Message(
        conversation=conversation,
        direction=Direction.OUTGOING,
        key=draft.key,
        author=by,
        subject=conversation.subject,
        text=text,
        reply_text=text,
        happened_at=now,
        details={**_details(draft), "stood": _stood(conversation)},
    )
    message = hot.add(written)
    given = Attachment.objects.filter(uuid__in=draft.attachments, uploaded_by=by, message=None)
    if given.update(message=message) != len(set(draft.attachments)):
        raise Invalid(gettext_noop("An attachment is not there any more. Add it again."))
    files = Attachment.objects.filter(uuid__in=draft.attachments)  # mostly there is none to ask for
    prefetch_related_objects([message], Prefetch("attachments", files))
    return message


def _channel_of(conversation: Conversation) -> Channel:
    (channel,) = hot.rows(Channel, "WHERE t.id = %s", [conversation.reply_channel_id], joined=("brand",))
    return channel


def _details(draft: Draft) -> dict[str, object]:
    beside = {"cc": draft.cc, "attachments": [str(uuid) for uuid in draft.attachments], **draft.beside}
    copies = [{"address": address, "name": ""} for address in draft.cc]
    kept = {name: values for name, values in kept_of(beside).items() if any(values)}
    return {name: value for name, value in {"cc": copies, "beside": kept}.items() if value}


def _stood(conversation: Conversation) -> dict[str, object]:
    """Which one it was, and how it stood, as undoing the answer must leave it again."""
    until = conversation.snoozed_until
    return {"in": conversation.pk, "state": conversation.state, "until": until.isoformat() if until else None}


def send(
    conversation: Conversation,
    message: Message,
    draft: Draft,
    now: datetime,
    undo: timedelta,
    *,
    automatic: bool = False,
) -> None:
    """Freeze a message that was written down and put it into the outbox. Raise ChannelCannot if it cannot be carried.

    `automatic` marks what a program says. Call inside a transaction, with the conversation's row locked.
    """
    channel = conversation.reply_channel
    try:
        parts = connect(channel).compose(_composed(conversation, message, draft, now, automatic=automatic))
    except Rejected as error:
        raise ChannelCannot(error.sentence, **error.facts) from error
    outbox.put(message, parts, conversation=conversation, channel=channel, now=now, undo=undo)
    _copy_to(conversation, draft.cc, now)


def _composed(conversation: Conversation, message: Message, draft: Draft, now: datetime, *, automatic: bool) -> Reply:
    answered = _answered(conversation)
    return Reply(
        key=str(message.key),
        text=message.text,
        to=(_recipient(conversation, answered),),
        cc=tuple(Person(address=address) for address in draft.cc),
        subject=conversation.subject,
        parents=_parents(conversation, answered),
        token=token_for(conversation.number),
        sender_name=message.author.name if message.author else "",
        signature=conversation.reply_channel.stands_under,
        quoted=answered.text if answered and draft.quote else "",
        quoted_from=answered.sender.name or answered.sender.value if answered and answered.sender else "",
        quoted_at=answered.happened_at if answered else None,
        attachments=tuple(_files(message)),
        automatic=automatic,
        thread_key=conversation.thread,
        heard_at=conversation.last_incoming_at,
        private_answer_to=draft.private_answer_to,
        now=now,
    )


def _answered(conversation: Conversation) -> Message | None:
    """What he said last and left standing. Raise ChannelCannot where all that an answer could hang under is deleted."""
    found = hot.rows(Message, ANSWERED, [conversation.pk], joined=("sender",), only=OF_WHAT_IS_ANSWERED)
    last = next(iter(found), None)
    said = {"direction": Direction.INCOMING, "automatic": ""}
    if last is None and conversation.public and conversation.messages.filter(**said).exists():
        raise ChannelCannot(
            gettext_noop("The customer has deleted all that he wrote here: there is nothing left to be answered.")
        )
    return last


def _recipient(conversation: Conversation, answered: Message | None) -> Person:
    """Where he wants the answer: his Reply-To if the mail named one, else the address he wrote from."""
    wanted = (answered.details.get("reply_to") if answered else None) or {}
    if wanted.get("address"):
        return Person(address=wanted["address"], name=wanted.get("name", ""))
    sender = addressee(conversation, answered)
    return Person(address=sender.value, name=sender.name, scope=sender.scope)


def addressee(conversation: Conversation, answered: Message | None) -> Address:
    """Who an answer is for: whoever wrote what it answers, which may be another than the one who began it."""
    return answered.sender if answered and answered.sender else conversation.address


def _parents(conversation: Conversation, answered: Message | None) -> tuple[str, ...]:
    """References of what was said so far, newest first: any mail program finds the thread by one of them.

    Where the provider keeps the thread, what is answered comes first: an answer hangs under that.
    """
    newest = [reference for (reference,) in hot.fetch(REFERENCES, [conversation.pk])]
    if conversation.thread and answered:
        newest = [*answered.provider_ids.values_list("reference", flat=True), *newest]
    return tuple(dict.fromkeys(newest))


def _files(message: Message) -> list[File]:
    return [
        File(name=a.name, media_type=a.media_type, size=a.size, sha256=a.sha256, path=str(blobs.path_of(a.sha256)))
        for a in message.attachments.all()
    ]


def _copy_to(conversation: Conversation, addresses: Sequence[str], now: datetime) -> None:
    """Whoever an agent left ticked in CC takes part from now on: his answer joins this conversation."""
    kind = conversation.reply_channel.kind
    for value in (known_as(kind, written) for written in addresses):
        address = Address.objects.filter(kind=kind, scope="", value=value).first() or _newcomer(kind, value, now)
        Participant.objects.get_or_create(conversation=conversation, address=address)


def _newcomer(kind: str, value: str, now: datetime) -> Address:
    customer = Customer.objects.create(created_at=now)
    return Address.objects.create(kind=kind, value=value, customer=customer, created_at=now)


def _take_if_free(conversation: Conversation, by: Agent, now: datetime) -> None:
    """Who answers what nobody has, has it."""
    if conversation.state == State.SOLVED:
        return
    if conversation.owner_id is None:
        hand(conversation, now=now, cause=Cause.TAKEN_OVER, owner=by, by=by)


def _what_follows(conversation: Conversation, message: Message, draft: Draft, by: Agent, now: datetime) -> None:
    conversation.last_message = message.pk
    conversation.last_activity_at = now
    conversation.we_spoke_last = True
    conversation.preview = preview_of(message.text)
    if draft.then != State.SOLVED and conversation.state != State.SOLVED:
        conversation.state, conversation.snoozed_until = draft.then, None  # what he chose ends a snooze
    if draft.then == State.OPEN and conversation.state == State.SOLVED:
        reopen(conversation.pk, now=now, by=by)
        conversation.refresh_from_db(fields=["state", "solved_at", "owner", "team", "thread_key", "cycle", "level"])
    mark_answered(conversation, by=by, now=now, message=message.pk, **standing(conversation))
    if draft.then == State.SOLVED and conversation.state != State.SOLVED:
        message.details["solved_at"] = set_solved(conversation, by=by, now=now).isoformat()
        hot.write(message, "details")
