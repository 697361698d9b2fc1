"""One poll of an account: posts that mention it, answers that do not, direct messages; each at its own pace."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from connectors.contract import Batch, Fetched, GapCheck
from connectors.errors import TryLater
from connectors.twitter import cursor as cursors
from connectors.twitter import mailbox, timelines
from connectors.twitter.api import Api
from connectors.twitter.carriers import Thing, id_of
from connectors.twitter.cursor import Cursor, Messages, Posts
from connectors.twitter.pages import concerns_us, kept, said_at
from connectors.twitter.timelines import Timeline

LOOK_BACK = timedelta(hours=6)  # of the gap check, at least: a post may turn up later than one with a higher id
FURTHEST = timedelta(hours=24)  # that it looks back where checks were left out
PUNCTUAL = timedelta(hours=2)  # a check that comes so soon after the one before leaves nothing out
MOST_PAYLOADS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose things are brought. Without a user name nobody can be searched for; `messages` if it may read those."""

    api: Api
    id: str
    username: str
    owns_app: bool
    messages: bool

    @property
    def timelines(self) -> dict[str, Timeline]:
        """By their names in the cursor."""
        followed = {"mentions": timelines.mentions(self.api, self.id, self.username, owned=self.owns_app)}
        return followed | ({"replies": timelines.replies(self.api, self.username)} if self.username else {})


def fetch(account: Account, cursor: str, floor: datetime, now: datetime) -> Batch:
    """Bring what is new; what X wants to be left alone about rests without holding up the others."""
    places = began = cursors.loads(cursor, floor)
    brought: list[Thing] = []
    for name, timeline in account.timelines.items():
        things, place = _posts(timeline, getattr(places, name), now)
        places = _moved(places, name, place)
        brought += things
    due = account.messages and mailbox.is_due(places.messages, now)
    too_many = due and len(brought) + mailbox.page_size(places.messages) > MOST_PAYLOADS
    if due and not too_many:
        things, messages = _messages(account.api, places.messages, now)
        places = replace(places, messages=messages)
        brought += things
    rests = list(_rests(account, places, now))
    return Batch(
        payloads=_kept(brought, account.id),
        cursor=cursors.dumps(places),
        more=(too_many or _is_on_the_way(began, places)) and not rests,
        again_at=min(rests) if len(rests) == len(account.timelines) + account.messages else None,
    )


def missed(account: Account, check: GapCheck, now: datetime) -> Batch:
    """Bring what is there and not here: of this day, which X counts in UTC, and of the last few hours.

    Not of the last 24 hours: X charges for a post once a day, so what was paid for today costs nothing when it is asked
    for again, while what was said before midnight would be bought a second time, and X has no call that tells only
    which posts there are. Every post is compared each hour until its day is over, and for six hours at least: checks
    follow each other so that nothing grows too old before it was. Where checks were left out (the limit was used up,
    the budget spent, nobody was running), the next one looks back to where the last whole one stood, for 24 hours at
    most, and pays for it.
    """
    places, looked = cursors.loads(check.cursor, now - FURTHEST), cursors.looked(check.place)
    there: list[Thing] = []
    for name, ask in _lists(account, now).items():
        since = _since(getattr(looked, name), datetime.fromisoformat(getattr(places, name).floor), now)
        things, whole = _as_far_as_it_goes(ask(since))
        there += things
        looked = replace(looked, **{name: now.isoformat()}) if whole else looked
    have = check.known([thing.source_key for thing in there])
    payloads = _kept([thing for thing in there if thing.source_key not in have], account.id)
    more = len(payloads) > MOST_PAYLOADS
    place = check.place if more else cursors.dumps(looked)
    return Batch(payloads=payloads[:MOST_PAYLOADS], cursor=place, more=more)


def _lists(account: Account, now: datetime) -> Mapping[str, Callable[[datetime], Iterator[Thing]]]:
    """What the gap check compares, by the names in the cursor: what was said there since a time."""
    lists: dict[str, Callable[[datetime], Iterator[Thing]]] = {
        name: partial(timelines.recent, timeline, now=now) for name, timeline in account.timelines.items()
    }
    return lists | ({"messages": partial(mailbox.recent, account.api)} if account.messages else {})


def _since(last: str, floor: datetime, now: datetime) -> datetime:
    """How far back one list is compared. `last` is when the last whole check of it began; `floor` is where we began."""
    back = min(now - LOOK_BACK, now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    stood = datetime.fromisoformat(last) - LOOK_BACK if last else floor
    if now - stood > LOOK_BACK + PUNCTUAL:
        back = min(back, max(stood, now - FURTHEST))
    return max(back, floor)


def _as_far_as_it_goes(things: Iterator[Thing]) -> tuple[Sequence[Thing], bool]:
    """What a list gives until X wants to be left alone, and whether that was all."""
    given: list[Thing] = []
    try:
        given.extend(things)  # what came before a failure stays there
    except TryLater as error:
        _until(error)
        return given, False
    return given, True


def _posts(timeline: Timeline, place: Posts, now: datetime) -> tuple[Sequence[Thing], Posts]:
    if _resting(place.rests_until, now):
        return [], place
    try:
        return timelines.fetch(timeline, place, now)
    except TryLater as error:
        return [], replace(place, rests_until=_until(error))


def _messages(api: Api, place: Messages, now: datetime) -> tuple[Sequence[Thing], Messages]:
    if _resting(place.rests_until, now):
        return [], place
    try:
        return mailbox.fetch(api, place, now)
    except TryLater as error:
        return [], replace(place, rests_until=_until(error))


def _until(error: TryLater) -> str:
    """How long to rest. Without a time it is a failure of the whole line, and goes on to whoever asked."""
    if error.until is None:
        raise error
    return error.until.isoformat()


def _resting(until: str, now: datetime) -> bool:
    return bool(until) and datetime.fromisoformat(until) > now


def _moved(places: Cursor, name: str, place: Posts) -> Cursor:
    return replace(places, mentions=place) if name == "mentions" else replace(places, replies=place)


def _is_on_the_way(began: Cursor, places: Cursor) -> bool:
    """Whether more is known to be there: what lies behind the last bound is still to be brought when it is passed."""
    timelines = (began.mentions, began.replies, places.mentions, places.replies)
    return any(place.bounds for place in timelines) or bool(places.messages.token)


def _rests(account: Account, places: Cursor, now: datetime) -> Iterator[datetime]:
    untils = [getattr(places, name).rests_until for name in account.timelines]
    untils += [places.messages.rests_until] if account.messages else []
    yield from (datetime.fromisoformat(until) for until in untils if _resting(until, now))


def _kept(things: Sequence[Thing], account: str) -> Sequence[Fetched]:
    """In the order in which they were said, each once: an answer may be a mention too."""
    once = {thing.source_key: thing for thing in things if concerns_us(thing, account)}
    in_order = sorted(once.values(), key=lambda thing: (said_at(thing.data), int(id_of(thing.data))))
    return [kept(thing, account) for thing in in_order]
