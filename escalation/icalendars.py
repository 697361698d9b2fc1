"""Plans as iCalendar (RFC 5545), for people's own calendars, and changes as they come from there.

An exported file has concrete events: shifts as they will be, with all changes already made, and the changes beside
them, each with its kind as its category. Reading takes changes alone, and shifts of other programs as extra ones; of a
file of ours it changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop
from icalendar import Calendar, Component, Event

from escalation.models import Change, ChangeKind
from escalation.planning import drop_change, may_plan, plan_change, zone_of
from escalation.recurrences import is_repeated, occurrences, series_of
from escalation.rosters import midnight, planned
from inbox.database import storable
from inbox.errors import Invalid, NotAllowed
from inbox.models import Agent

BACK, AHEAD = timedelta(days=31), timedelta(days=183)
LARGEST = 256 * 1024  # bytes
MOST = 500  # events
LONGEST_UID = 230  # characters, so that one of a series has room for its own
DEEPEST = 4  # a calendar, an event, an alarm, and one to spare
REACH = timedelta(days=800)  # what lies further away is a slip of the pen
SHIFT = "SHIFT"
PLAIN_SHIFT = {"shift", "смена"}  # what a rota of other programs is full of; as a whole title, or a category
OURS, OUR_SHIFT = "otvet-change-", "otvet-shift-"
# By its category, or by the first words of its title: what an event is. Swaps are between two people: not by a file.
KINDS = {
    ChangeKind.DAY_OFF: ("day off", "vacation", "holiday", "out of office", "отпуск", "выходной", "отгул"),
    ChangeKind.SICK: ("sick", "sick leave", "больничный", "болезнь"),
    ChangeKind.EXTRA: ("extra", "extra shift", "дополнительная смена", "доп. смена"),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file did: changes made, altered and dropped; those that stood already; events that are none of ours."""

    made: int = 0
    altered: int = 0
    dropped: int = 0
    same: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class _Read:
    uid: str
    kind: ChangeKind
    starts_at: datetime
    ends_at: datetime
    reason: str
    cancelled: bool


def export(agent: Agent, now: datetime) -> bytes:
    """A month back and half a year ahead, as a file."""
    calendar = Calendar()
    calendar.add("prodid", "-//Otvet//Shifts//EN")
    calendar.add("version", "2.0")
    start, end = now - BACK, now + AHEAD
    for stretch in planned([agent], start, end)[agent.pk]:
        uid = f"{OUR_SHIFT}{agent.pk}-{stretch.starts:%Y%m%dT%H%M%SZ}"
        calendar.add_component(_event(uid, SHIFT, SHIFT.title(), stretch.starts, stretch.ends, now))
    for change in Change.objects.filter(agent=agent, ends_at__gt=start, starts_at__lt=end).exclude(
        kind=ChangeKind.SWAP
    ):
        title = " ".join(filter(None, [ChangeKind(change.kind).value.replace("_", " "), change.reason]))
        uid = change.uid or f"{OURS}{change.pk}"
        calendar.add_component(_event(uid, _category(change.kind), title, change.starts_at, change.ends_at, now))
    return bytes(calendar.to_ical())


def import_(agent: Agent, raw: bytes, *, by: Agent, now: datetime) -> Imported:
    """Take over the days off, sick leaves and shifts of a file; all of it or nothing.

    What is repeated is taken over from a month back to half a year ahead: the same file later brings the rest. The same
    file again changes nothing. Raise NotAllowed, or Invalid with what is wrong in it.
    """
    if not may_plan(by, agent):
        raise NotAllowed
    events = list(_events(raw))
    zone = ZoneInfo(zone_of(agent))
    ours = _ours(events)
    read = [found for named in _singled(ours, now) if (found := _read(*named, zone, now))]
    with transaction.atomic():
        Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
        gone = _gone(ours.keys(), read, agent, now)
        for change in gone:
            drop_change(change, by=by, now=now)
        done = [*["dropped"] * len(gone), *(_take_over(found, agent, by, now) for found in read)]
    counts = {what: done.count(what) for what in ("made", "altered", "dropped", "same")}
    return Imported(**counts, others=len(events) - sum(map(len, ours.values())))


def _ours(events: Iterable[Component]) -> dict[str, list[Component]]:
    """Those that say something of shifts, by their UID; of a series also the single ones that are something else."""
    ours = {_uid(event) for event in events if _kind(event)}
    series: dict[str, list[Component]] = {uid: [] for uid in ours}
    for event in events:
        if (uid := str(event.get("uid", "")).strip()) in series:
            series[uid].append(event)
    return series


def _singled(ours: Mapping[str, list[Component]], now: datetime) -> list[tuple[str, Component]]:
    """Single events, each by a name of its own. Raise Invalid where there are too many."""
    found: list[tuple[str, Component]] = []
    for uid, events in ours.items():
        if any(is_repeated(event) for event in events):
            found += islice(occurrences(events, now - BACK, now + AHEAD), MOST + 1)
        elif len(events) == 1:
            found.append((uid, events[0]))
        else:
            raise Invalid(gettext_noop("Two events have the same UID."))
        if len(found) > MOST:
            raise Invalid(gettext_noop("This file has too many events: at most %(most)s."), most=MOST)
    return found


def _gone(uids: Collection[str], read: Iterable[_Read], agent: Agent, now: datetime) -> list[Change]:
    """What came of these events earlier and does not any more: they are repeated otherwise, or not at all."""
    there = {found.uid for found in read}
    near = Change.objects.filter(agent=agent, ends_at__gt=now - BACK, starts_at__lt=now + AHEAD).exclude(uid="")
    return [change for change in near if change.uid not in there and {change.uid, series_of(change.uid)} & {*uids}]


def _event(uid: str, category: str, title: str, starts: datetime, ends: datetime, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", starts.astimezone(UTC))
    event.add("dtend", ends.astimezone(UTC))
    event.add("summary", title)
    event.add("categories", [category])
    return event


def _category(kind: str) -> str:
    return KINDS[ChangeKind(kind)][0].upper()


def _events(raw: bytes) -> Iterator[Component]:
    if len(raw) > LARGEST:
        raise Invalid(gettext_noop("This file is too large: at most %(size)s KB."), size=LARGEST // 1024)
    _is_shallow(raw)
    try:
        calendar = Calendar.from_ical(raw)
        events = [part for part in calendar.subcomponents if part.name == "VEVENT"]
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError) as error:
        raise Invalid(gettext_noop("This is no iCalendar file.")) from error
    if calendar.name != "VCALENDAR":
        raise Invalid(gettext_noop("This is no iCalendar file."))
    if len(events) > MOST:
        raise Invalid(gettext_noop("This file has too many events: at most %(most)s."), most=MOST)
    yield from events


def _is_shallow(raw: bytes) -> None:
    """The library goes into nested parts one call within the other: a hostile file would exhaust them."""
    depth = 0
    for line in raw.upper().splitlines():
        depth += line.lstrip().startswith(b"BEGIN:") - line.lstrip().startswith(b"END:")
        if depth > DEEPEST:
            raise Invalid(gettext_noop("This is no iCalendar file."))


def _title(event: Component) -> str:
    return str(event.get("summary", ""))[:200]


def _uid(event: Component) -> str:
    """By what it is known again. Raise Invalid with its title if there is nothing."""
    uid = str(event.get("uid", "")).strip()
    if not uid or len(uid) > LONGEST_UID or not uid.isprintable():
        raise Invalid(gettext_noop("“%(title)s” has no UID by which it could be known again."), title=_title(event))
    return uid


def _read(uid: str, event: Component, zone: ZoneInfo, now: datetime) -> _Read | None:
    """An event as a change; None for one that says nothing of shifts. Raise Invalid with its title."""
    title, kind = _title(event), _kind(event)
    if kind is None:
        return None
    starts_at, ends_at = _times(event, title, zone)
    if abs(starts_at - now) > REACH or not starts_at < ends_at <= starts_at + timedelta(days=366):
        raise Invalid(gettext_noop("“%(title)s” has no times that make sense."), title=title)
    cancelled = str(event.get("status", "")).upper() == "CANCELLED"
    return _Read(uid, kind, starts_at, ends_at, _reason(title, kind), cancelled)


def _kind(event: Component) -> ChangeKind | None:
    title, categories = _title(event), event.get("categories") or []
    named = [str(each).strip().lower() for part in _many(categories) for each in getattr(part, "cats", [part])]
    if str(event.get("uid", "")).startswith(OUR_SHIFT):
        return None  # it follows from a plan that stands here
    if PLAIN_SHIFT & {title.strip().lower(), *named}:
        return ChangeKind.EXTRA
    for kind, words in KINDS.items():
        if set(words) & set(named):
            return kind
    return next((kind for kind, words in KINDS.items() if title.strip().lower().startswith(words)), None)


def _many(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _reason(title: str, kind: ChangeKind) -> str:
    """Its title without the word that says what it is."""
    if title.strip().lower() in PLAIN_SHIFT:
        return ""
    word = max((word for word in KINDS[kind] if title.lower().startswith(word)), key=len, default="")
    return storable(title[len(word) :]).strip(" :,-–—")


def _times(event: Component, title: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    wrong = Invalid(gettext_noop("“%(title)s” has no times that make sense."), title=title)
    try:
        starts = event.decoded("dtstart")
        ends = event.decoded("dtend", None)
        lasts = event.decoded("duration", None)
    except (ValueError, KeyError, AttributeError, TypeError, OverflowError) as error:
        raise wrong from error
    if ends is None:
        whole_day = not isinstance(starts, datetime)
        lasts = lasts if isinstance(lasts, timedelta) else timedelta(days=1) if whole_day else None
        if lasts is None or not isinstance(starts, date) or abs(lasts) > timedelta(days=400):
            raise wrong
        ends = starts + lasts
    if not isinstance(starts, date) or not isinstance(ends, date):
        raise wrong
    return _instant(starts, zone, wrong), _instant(ends, zone, wrong)


def _instant(when: date, zone: ZoneInfo, wrong: Invalid) -> datetime:
    """A whole day begins at midnight by his clock; a time without a zone is by his clock, too."""
    try:
        if not isinstance(when, datetime):
            return midnight(when, zone.key)
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise wrong from error


def _take_over(found: _Read, agent: Agent, by: Agent, now: datetime) -> str:
    known = _known(found.uid, agent)
    if found.cancelled:
        if known:
            drop_change(known, by=by, now=now)
        return "dropped" if known else "same"
    values = {"kind": found.kind, "starts_at": found.starts_at, "ends_at": found.ends_at, "reason": found.reason}
    if known and all(getattr(known, name) == value for name, value in values.items()):
        return "same"
    if known:
        drop_change(known, by=by, now=now)
    plan_change(
        agent,
        found.kind,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        reason=found.reason,
        uid=found.uid,
        by=by,
        now=now,
    )
    return "altered" if known else "made"


def _known(uid: str, agent: Agent) -> Change | None:
    his = Change.objects.filter(agent=agent)
    number = uid.removeprefix(OURS)
    if uid.startswith(OURS) and number.isascii() and number.isdecimal() and len(number) < 18:
        return his.filter(Q(pk=int(number), uid="") | Q(uid=uid)).first()
    return his.filter(uid=uid).first()
