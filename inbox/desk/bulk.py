"""One act on many conversations at once: asked for in a moment, worked off row by row, put back where nothing changed.

Each row goes through the same verb as a single conversation would, with the same permissions, in a transaction with
what is kept of it: a worker that dies leaves no row half done, and the next one goes on.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_noop

from inbox.database import storable
from inbox.desk.along import tidy
from inbox.desk.judge import Insisting
from inbox.desk.ownership import locked, require_open
from inbox.desk.pass_on import pass_on, worded
from inbox.desk.put_back import Standing, newest_line, put_back, standing_of
from inbox.desk.reply_to_many import ForAll, require_sayable, say, take_back
from inbox.desk.solve import needs_us, open_again, snooze, solve, wait_for_customer
from inbox.desk.spam import take_back_for_spam, take_for_spam
from inbox.desk.tag import tag, untag
from inbox.desk.take import take
from inbox.errors import AlreadyDone, Invalid, NotFound, Refusal, sentence
from inbox.models import Agent, Bulk, BulkRow, BulkState, BulkVerb, Conversation, State, Team
from inbox.permissions import visible_to
from inbox.wake import wake

log = logging.getLogger(__name__)

MOST = 1_000  # conversations in one act
AT_ONCE = 50  # rows in one turn of a worker: other work gets its turn between
PUT_BACK_WITHIN = timedelta(minutes=10)
BROKE = gettext_noop("Something went wrong here, and nothing was done. It stands in the log of the server.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an act needs besides: a receiver by id, why and a note (pass on); tags; ISO 8601 until when (snooze).

    For an answer its text, what follows, the canned answer it came from, and, as a composer has it, which guidelines he
    was shown and why it is sent all the same. `seen` is up to where he knew a conversation: message, line of its log.
    """

    to: int | None = None
    team: int | None = None
    reason: str = ""
    note: str = ""
    tags: Sequence[str] = ()
    until: str = ""
    text: str = ""
    then: str = State.PENDING.value
    answer: int | None = None
    shown: Sequence[int] = ()
    override: str = ""
    words: str = ""
    seen: Sequence[int] = (0, 0)

    @property
    def insisting(self) -> Insisting:
        """His answer to guidelines."""
        return Insisting(frozenset(self.shown), self.override, self.words)


NOTHING = Asked()


def begin(verb: BulkVerb, conversations: Sequence[int], *, by: Agent, now: datetime, asked: Asked = NOTHING) -> Bulk:
    """Write down what is to be done with these; a worker does it.

    Raise Invalid where that could be done with none of them: nobody to pass it on to, no tag, a time that has passed;
    TeamClosed where it would go to such a team; AgainstGuidelines for a text that a guideline stops.
    """
    if not conversations:
        raise Invalid(gettext_noop("Nothing is ticked."))
    if len(conversations) > MOST:
        raise Invalid(gettext_noop("At most %(most)s at once."), most=MOST)
    asked, seen = _sayable(asked, conversations, by) if verb == BulkVerb.REPLY else (_possible(verb, asked, now), {})
    with transaction.atomic():
        bulk = Bulk.objects.create(by=by, verb=verb, asked=asdict(asked), at=now)
        BulkRow.objects.bulk_create(BulkRow(bulk=bulk, conversation_id=pk, before=seen.get(pk)) for pk in conversations)
        wake("inbox.desk.tasks.work_off_bulk", bulk.pk)
    return bulk


def _possible(verb: BulkVerb, asked: Asked, now: datetime) -> Asked:
    match verb:
        case BulkVerb.PASS_ON:
            note, reason = worded(asked.note, asked.reason)
            if asked.to is None and asked.team is None:
                raise Invalid(gettext_noop("Say who gets it: a person or a team."))
            for team in Team.objects.filter(pk=asked.team or 0):
                require_open(team)
            return Asked(to=asked.to, team=asked.team, reason=reason, note=note)
        case BulkVerb.TAG | BulkVerb.UNTAG:
            if not (tags := tidy(asked.tags)):
                raise Invalid(gettext_noop("Say which tag."))
            return Asked(tags=tags)
        case BulkVerb.SNOOZE:
            if not asked.until or datetime.fromisoformat(asked.until) <= now:
                raise Invalid(gettext_noop("This time has already passed."))
            return Asked(until=asked.until)
    return NOTHING


def _sayable(asked: Asked, conversations: Sequence[int], by: Agent) -> tuple[Asked, dict[int, dict[str, list[int]]]]:
    """An answer as it is kept; and of each conversation what of it was there when he asked for it."""
    related = ("reply_channel__brand", "customer", "address", "team", "topic")
    rows = list(Conversation.objects.select_related(*related).filter(pk__in=conversations))
    text = require_sayable(asked.text, rows, asked.insisting, by=by)
    then = asked.then if asked.then in State.values else State.PENDING.value
    kept = Asked(
        text=text,
        then=then,
        answer=asked.answer,
        shown=asked.shown,
        override=storable(asked.override),
        words=storable(asked.words),
    )
    return kept, {row.pk: {"seen": [row.last_message, row.last_brought]} for row in rows}


def put_back_all(bulk: Bulk, *, by: Agent, now: datetime) -> None:
    """Undo it: what has changed since stays as it is, and what was not begun yet is left.

    Raise AlreadyDone if that was asked for before, Invalid after PUT_BACK_WITHIN.
    """
    if now > bulk.at + PUT_BACK_WITHIN:
        raise Invalid(gettext_noop("It is too late: others go on with it by now."))
    with transaction.atomic():
        if not Bulk.objects.filter(pk=bulk.pk, by=by, put_back_at=None).update(put_back_at=now, finished_at=None):
            raise AlreadyDone
        BulkRow.objects.filter(bulk=bulk, state=BulkState.WAITING).update(state=BulkState.LEFT)
        wake("inbox.desk.tasks.work_off_bulk", bulk.pk)


def work_off(bulk_id: int, now: datetime) -> bool:
    """Do the next AT_ONCE rows; return whether there are more."""
    bulk = Bulk.objects.select_related("by").filter(pk=bulk_id, finished_at=None).first()
    if bulk is None:
        return False
    turn = _put_row_back if bulk.put_back_at else _do_row
    waits = BulkState.DONE if bulk.put_back_at else BulkState.WAITING
    rows = list(BulkRow.objects.filter(bulk=bulk, state=waits).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for pk in rows:
        with transaction.atomic():
            row = BulkRow.objects.select_for_update(of=("self",)).select_related("conversation").get(pk=pk)
            if row.state == waits:
                _turn(turn, row, bulk, now)
                row.save()
    if rows:
        return True
    # Not finished if somebody asked meanwhile for it to be put back.
    Bulk.objects.filter(pk=bulk.pk, put_back_at=bulk.put_back_at).update(finished_at=now)
    return False


Turn = Callable[[BulkRow, Bulk, datetime], None]


def _turn(turn: Turn, row: BulkRow, bulk: Bulk, now: datetime) -> None:
    """One row; whatever goes wrong in it holds up no other."""
    try:
        with transaction.atomic():
            turn(row, bulk, now)
        return
    except Refusal as refusal:
        row.error = sentence(refusal.sentence, **refusal.facts)
    except DatabaseError:
        raise  # its connection is gone or two have locked each other out: the sweep tries it again
    except Exception:
        log.exception("bulk %s broke at conversation %s", bulk.pk, row.conversation_id)
        row.error = sentence(BROKE)
    row.state = BulkState.KEPT if bulk.put_back_at else BulkState.FAILED


def _do_row(row: BulkRow, bulk: Bulk, now: datetime) -> None:
    if not visible_to(bulk.by).filter(pk=row.conversation_id).exists():
        raise NotFound
    conversation = locked(row.conversation)
    asked = Asked(**{**bulk.asked, **(row.before or {})})
    row.before = standing_of(conversation).kept()
    ACTS[BulkVerb(bulk.verb)](conversation, asked, bulk.by, now)
    row.mark = newest_line(conversation)
    row.state = BulkState.DONE


def _put_row_back(row: BulkRow, bulk: Bulk, now: datetime) -> None:
    row.state = BulkState.PUT_BACK
    if bulk.verb == BulkVerb.REPLY:
        take_back(row.conversation, mark=row.mark or 0, by=bulk.by, now=now)
        return
    before = Standing(**(row.before or {}))
    put_back(locked(row.conversation), before, mark=row.mark or 0, by=bulk.by, now=now)
    if bulk.verb == BulkVerb.SPAM:
        take_back_for_spam(row.conversation, now=now)


def _pass_on(conversation: Conversation, asked: Asked, by: Agent, now: datetime) -> None:
    to = Agent.objects.filter(pk=asked.to).first() if asked.to else None
    team = Team.objects.filter(pk=asked.team).first() if asked.team else None
    pass_on(conversation, by=by, now=now, to=to, team=team, note=asked.note, reason=asked.reason)


def _open(conversation: Conversation, by: Agent, now: datetime) -> None:
    verb = open_again if conversation.state == State.SOLVED else needs_us
    verb(conversation, by=by, now=now)


def _reply(conversation: Conversation, asked: Asked, by: Agent, now: datetime) -> None:
    words = ForAll(asked.text, State(asked.then), asked.answer, asked.insisting)
    say(conversation, words, seen=asked.seen, by=by, now=now)


Act = Callable[[Conversation, Asked, Agent, datetime], object]
ACTS: Mapping[BulkVerb, Act] = {
    BulkVerb.TAKE: lambda conversation, _asked, by, now: take(conversation, by=by, now=now),
    BulkVerb.PASS_ON: _pass_on,
    BulkVerb.TAG: lambda conversation, asked, by, now: tag(conversation, asked.tags, by=by, now=now),
    BulkVerb.UNTAG: lambda conversation, asked, by, now: untag(conversation, asked.tags, by=by, now=now),
    BulkVerb.WAIT: lambda conversation, _asked, by, now: wait_for_customer(conversation, by=by, now=now),
    BulkVerb.SNOOZE: lambda conversation, asked, by, now: snooze(
        conversation, by=by, until=datetime.fromisoformat(asked.until), now=now
    ),
    BulkVerb.OPEN: lambda conversation, _asked, by, now: _open(conversation, by, now),
    BulkVerb.SOLVE: lambda conversation, _asked, by, now: solve(conversation, by=by, now=now),
    BulkVerb.REPLY: _reply,
    BulkVerb.SPAM: lambda conversation, _asked, by, now: take_for_spam(conversation, by=by, now=now),
}
