"""Putting together what is one problem, taking apart what is two, and undoing either.

What moved is kept in the log entry of the act; undoing reads it back. Never is anything merged on a display name:
people decide, and the system only suggests.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_noop
from psycopg.errors import LockNotAvailable

from inbox.activity import record
from inbox.desk.carry_drafts import carry_drafts, take_drafts_back
from inbox.desk.fitting import window_end
from inbox.desk.ownership import hand, locked, opened, pair_locked, reopen, whole_of, whose_again
from inbox.desk.put_back import Standing, put_back, standing_of
from inbox.desk.stretches import end
from inbox.desk.tell import overtaken
from inbox.errors import AlreadyDone, Invalid, JustBeingSent, TeamClosed
from inbox.models import (
    Activity,
    Agent,
    Cause,
    Conversation,
    Delivery,
    DeliveryState,
    Direction,
    Message,
    Participant,
    Rearranged,
    State,
    Suggestion,
    preview_of,
)
from inbox.permissions import Can, require

OTHER_WAYS = gettext_noop(
    "An answer goes where the customer wrote: in public or in private, on this channel or that one. In one conversation"
    " it would go to the wrong place. Keep the two apart."
)


def merge(gone: Conversation, into: Conversation, *, by: Agent, now: datetime) -> Activity:
    """Make two conversations of one customer one: everything said in `gone` stands in `into` from now on.

    Those of two customers only where it was suggested: an answer from another address of his, or of a colleague. Raise
    Invalid for any other two (merge the customers first) and for two that are answered in different ways, JustBeingSent
    while an answer is on its way, AlreadyDone if one is merged.
    """
    require(by, Can.REARRANGE, gone)
    require(by, Can.REARRANGE, into)
    with transaction.atomic():
        gone, into = _both_locked(gone, into)
        if gone.customer_id != into.customer_id and not _is_suggested(gone, into):
            raise Invalid(gettext_noop("These are conversations of two customers. Merge the customers first."))
        if gone.way != into.way:
            raise Invalid(OTHER_WAYS)
        was, stood = gone.state, standing_of(into).kept()
        moved = _move(gone, into, list(gone.messages.values_list("pk", flat=True)))
        into = _needs_us_as_much(gone, into, by=by, now=now)
        ended = end(gone, now=now, cause=Cause.MERGED)
        gone.state, gone.solved_at = State.SOLVED, gone.solved_at or ended
        gone.merged_into, gone.snoozed_until = into, None
        gone.save(update_fields=["state", "solved_at", "merged_into", "snoozed_until"])
        overtaken([gone.pk], now=now)
        _refresh(into)
        Suggestion.objects.filter(conversation__in=[gone, into], other__in=[gone, into]).update(
            settled_at=now, settled_by=by
        )
        about = {"gone": gone.pk, "into": into.pk, "was": was, "stood": stood, **moved}
        act = record(Rearranged.MERGED, now=now, by=by, conversation=into, drafts=carry_drafts(gone, into), **about)
        _brought(into, act)
        return act


def split(conversation: Conversation, messages: Sequence[Message], *, by: Agent, now: datetime) -> Conversation:
    """Take messages out into a conversation of their own. It has no thread key: what comes in stays with the first.

    Raise Invalid if nothing, or everything, would move, JustBeingSent while an answer is on its way.
    """
    require(by, Can.REARRANGE, conversation)
    chosen = {message.pk for message in messages}
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)
        there = set(conversation.messages.values_list("pk", flat=True))
        if not chosen or not chosen < there:
            raise Invalid(gettext_noop("Choose some of its messages, and leave at least one."))
        part = _part_of(conversation, chosen, now)
        moved = _move(conversation, part, sorted(chosen))
        _refresh(part)
        _refresh(conversation)
        record(Rearranged.SPLIT, now=now, by=by, conversation=conversation, into=part.pk, gone=conversation.pk, **moved)
        record("split_off", now=now, by=by, conversation=part, former=conversation.pk)
    return part


def undo(activity: Activity, *, by: Agent, now: datetime) -> bool:
    """Undo a merge or a split. Raise AlreadyDone if it was undone, Invalid if it is neither, JustBeingSent.

    Return whether everything is as it was before. What a merge did to the whole, its owner, level and state, stays
    where something has happened in it since.
    """
    if activity.verb not in {Rearranged.MERGED, Rearranged.SPLIT} or activity.conversation is None:
        raise Invalid(gettext_noop("Only a merge or a split can be undone."))
    require(by, Can.REARRANGE, activity.conversation)
    merged = activity.verb == Rearranged.MERGED
    part = Conversation.objects.get(pk=activity.data["gone" if merged else "into"])
    whole = whole_of(Conversation.objects.get(pk=activity.data["into" if merged else "gone"]))
    with transaction.atomic():
        part, whole = pair_locked(part, whole)
        if Activity.objects.filter(
            verb=Rearranged.UNDONE, conversation=activity.conversation, data__undid=activity.pk
        ).exists():
            raise AlreadyDone
        about = {"undid": activity.pk, "part": part.pk, "whole": whole.pk}
        if merged:
            as_before = _unmerge(part, whole, activity, by, now)
            record(Rearranged.UNDONE, now=now, by=by, conversation=activity.conversation_id, **about)
            return as_before
        came = _unsplit(part, whole, by, now)
        _brought(
            whole,
            record(Rearranged.UNDONE, now=now, by=by, conversation=activity.conversation_id, messages=came, **about),
        )
    return True


def _brought(whole: Conversation, act: Activity) -> None:
    """Who is writing there has not seen what came with it, however old it is."""
    Conversation.objects.filter(pk=whole.pk).update(last_brought=act.pk)
    whole.last_brought = act.pk


def _unmerge(gone: Conversation, whole: Conversation, activity: Activity, by: Agent, now: datetime) -> bool:
    as_before = _stands_again(whole, activity, by, now)
    _move_messages(whole, gone, activity.data["messages"])
    _take_no_part_any_more(whole, activity.data["participants"])
    take_drafts_back(activity.data.get("drafts", ()), whole, gone)
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    if activity.data["was"] != State.SOLVED:
        reopen(gone.pk, now=now, by=by)
    gone.refresh_from_db()
    whole.refresh_from_db()
    _refresh(gone)
    _refresh(whole)
    return as_before


def _stands_again(whole: Conversation, activity: Activity, by: Agent, now: datetime) -> bool:
    """Whether the whole has, by being put back, the owner, level and state that it had before the merge."""
    if activity.conversation_id != whole.pk or "stood" not in activity.data:
        return False
    try:
        put_back(whole, Standing(**activity.data["stood"]), mark=activity.pk, by=by, now=now)
    except (AlreadyDone, TeamClosed):
        return False
    return True


def _take_no_part_any_more(whole: Conversation, came: Sequence[int]) -> None:
    """Who came with the merge leaves with it, unless he has written here since: he is a stranger to the rest."""
    wrote = whole.messages.filter(direction=Direction.INCOMING).values("sender")
    whole.participants.filter(address__in=came).exclude(address__in=wrote).delete()


def _unsplit(part: Conversation, origin: Conversation, by: Agent, now: datetime) -> list[int]:
    """Bring all of the part back; return the ids of its messages."""
    if part.merged_into_id:
        raise Invalid(gettext_noop("What was split off is part of another conversation now. Undo that first."))
    came = _move(part, origin, list(part.messages.values_list("pk", flat=True)))["messages"]
    carry_drafts(part, origin)
    origin = _needs_us_as_much(part, origin, by=by, now=now)
    ended = end(part, now=now, cause=Cause.MERGED)
    part.state, part.solved_at, part.merged_into = State.SOLVED, part.solved_at or ended, origin
    part.snoozed_until = None
    part.save(update_fields=["state", "solved_at", "merged_into", "snoozed_until"])
    overtaken([part.pk], now=now)
    _refresh(origin)
    return came


def _needs_us_as_much(gone: Conversation, into: Conversation, *, by: Agent, now: datetime) -> Conversation:
    """What is not solved does not become so by being put together with something that is; nor does it come down."""
    if gone.state == State.SOLVED:
        return into
    if into.state == State.SOLVED:
        reopen(into.pk, now=now, by=by)
        into = locked(into)
    if gone.state == State.OPEN and into.state == State.PENDING:
        into.state, into.snoozed_until = State.OPEN, None
        into.save(update_fields=["state", "snoozed_until"])
        record("needs_us", now=now, by=by, conversation=into)
    if gone.level > into.level:
        hand(into, now=now, cause=Cause.MERGED, owner=gone.owner, level=gone.level, by=by)
    return into


def dismiss(suggestion: Suggestion, *, by: Agent, now: datetime) -> None:
    """It does not belong to the other one. Raise AlreadyDone if somebody has settled it."""
    require(by, Can.REARRANGE, suggestion.conversation)
    with transaction.atomic():
        open_still = Suggestion.objects.filter(pk=suggestion.pk, settled_at=None)
        if not open_still.update(settled_at=now, settled_by=by):
            raise AlreadyDone
        record("suggestion_dismissed", now=now, by=by, conversation=suggestion.conversation, other=suggestion.other_id)


def _is_suggested(gone: Conversation, into: Conversation) -> bool:
    between = Suggestion.objects.filter(conversation__in=[gone, into], other__in=[gone, into], settled_at=None)
    return between.exists()


def _both_locked(gone: Conversation, into: Conversation) -> tuple[Conversation, Conversation]:
    if gone.pk == into.pk:
        raise Invalid(gettext_noop("A conversation cannot be merged with itself."))
    gone, into = pair_locked(gone, into)
    if gone.merged_into_id or into.merged_into_id:
        raise AlreadyDone
    return gone, into


def _move(source: Conversation, target: Conversation, messages: Sequence[int]) -> dict[str, list[int]]:
    """Move messages, with their deliveries and with the right of the people in them to take part."""
    _move_messages(source, target, messages)
    there = set(target.participants.values_list("address", flat=True))
    new = [pk for pk in source.participants.values_list("address", flat=True) if pk not in there]
    Participant.objects.bulk_create(Participant(conversation=target, address_id=pk) for pk in new)
    return {"messages": list(messages), "participants": new}


def _move_messages(source: Conversation, target: Conversation, messages: Sequence[int]) -> None:
    deliveries = Delivery.objects.filter(message__in=messages, conversation=source)
    _nothing_is_being_sent(deliveries)
    Message.objects.filter(pk__in=messages, conversation=source).update(conversation=target)
    deliveries.update(conversation=target)


def _nothing_is_being_sent(deliveries: QuerySet[Delivery]) -> None:
    """Raise JustBeingSent if a worker is at one of them: what becomes of it must find its conversation.

    Whoever writes down what became of one holds it and waits for its conversation, which we hold: so we do not wait.
    """
    try:
        held = deliveries.order_by("pk").select_for_update(of=("self",), no_key=True, nowait=True)
        states = set(held.values_list("state", flat=True))
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise JustBeingSent from error
    if DeliveryState.SENDING in states:
        raise JustBeingSent


def _refresh(conversation: Conversation) -> None:
    """What the list shows follows from the messages that are here now."""
    said = conversation.messages.exclude(direction=Direction.NOTE).filter(withdrawn_at=None)
    last = said.order_by("happened_at", "pk").last()
    newest = conversation.messages.aggregate(newest=Max("pk"))["newest"] or 0
    conversation.last_message = newest
    if last:
        conversation.preview = preview_of(last.reply_text)
        conversation.we_spoke_last = last.direction == Direction.OUTGOING
        conversation.last_activity_at = last.happened_at
        conversation.last_incoming_at = said.filter(direction=Direction.INCOMING).aggregate(at=Max("happened_at"))["at"]
    conversation.window_until = window_end(conversation)
    fields = ["last_message", "preview", "we_spoke_last", "last_activity_at", "last_incoming_at", "window_until"]
    conversation.save(update_fields=fields)


def _part_of(conversation: Conversation, chosen: set[int], now: datetime) -> Conversation:
    """The new conversation: same customer, same channel, same owner; if it was solved, who would have it again."""
    solved = conversation.state == State.SOLVED
    first = Message.objects.filter(pk__in=chosen).order_by("happened_at", "pk").first()
    return opened(
        now=now,
        cause=Cause.SPLIT,
        channel=conversation.channel,
        reply_channel=conversation.reply_channel,
        customer=conversation.customer,
        address=first.sender if first and first.sender else conversation.address,
        subject=(first.subject if first else "") or conversation.subject,
        team=conversation.channel.team if conversation.team.closed_at else conversation.team,
        owner=whose_again(conversation) if solved else conversation.owner,
        level=conversation.level,
        former=conversation,
        thread=conversation.thread,
        post=conversation.post,
    )
