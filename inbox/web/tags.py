"""What templates need beyond Django's own: icons, coins, people, times."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from urllib.parse import quote

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.registry import kinds
from inbox import errors
from inbox.desk.due import soon_from
from inbox.desk.naming import MENTIONED
from inbox.lists import CAP
from inbox.models import (
    Activity,
    Agent,
    Cause,
    Conversation,
    Direction,
    GuidelineKind,
    Interval,
    Message,
    Notice,
    NoticeKind,
    Reason,
    State,
    Status,
)
from inbox.search import MARKS
from inbox.thread import Happened, Place
from inbox.web.ways import SOON

register = template.Library()

# Each thing that happens in a conversation: its drawing, and the sentence. %(by)s did it, %(owner)s has it now.
EVENTS = {
    Cause.ROUTED: ("take", gettext_lazy("%(owner)s has it now")),
    Cause.TAKEN_OVER: ("take", gettext_lazy("%(owner)s took it")),
    Cause.PASSED_ON: ("pass", gettext_lazy("%(by)s passed it on to %(owner)s")),
    Cause.PASSED_UP: ("up", gettext_lazy("%(by)s passed it up to %(owner)s")),
    Cause.TIMED_OUT: ("ladder", gettext_lazy("Its time was up: %(owner)s has it now")),
    Cause.SHIFT_END: ("shift", gettext_lazy("The shift ended: %(owner)s has it now")),
    Cause.ABSENCE: ("shift", gettext_lazy("Its owner is away: %(owner)s has it now")),
    Cause.GIVEN_BACK: ("undo", gettext_lazy("It went back to %(owner)s")),
    Cause.RELIEF: ("shift", gettext_lazy("%(owner)s relieves the former owner")),
    Cause.MERGED: ("merge", gettext_lazy("It was merged")),
    Cause.SPLIT: ("split", gettext_lazy("It was split off")),
    Cause.SOLVED: ("solve", gettext_lazy("%(owner)s had it when it was solved")),
    Cause.REOPENED: ("undo", gettext_lazy("Open again, %(owner)s has it")),
    "bounced": ("warning", gettext_lazy("The mail server of a recipient reported that it did not arrive")),
    "snoozed": ("snooze", gettext_lazy("%(by)s snoozed it")),
    "waits": ("person", gettext_lazy("%(by)s waits for the customer")),
    "needs_us": ("inbox", gettext_lazy("It needs us again")),
    "send_undone": ("undo", gettext_lazy("%(by)s took an answer back before it was sent")),
    "tagged": ("tag", gettext_lazy("%(by)s tagged it: %(what)s")),
    "untagged": ("tag", gettext_lazy("%(by)s took tags away: %(what)s")),
    "topic_set": ("book", gettext_lazy("%(by)s said what it is about")),
    "collected": ("check", gettext_lazy("%(by)s wrote down: %(what)s")),
    "promised": ("promise", gettext_lazy("%(by)s promised an answer by %(what)s")),
    "released": ("quarantine", gettext_lazy("%(by)s let it in from quarantine")),
    "began": ("send", gettext_lazy("%(by)s wrote first")),
    "split_off": ("split", gettext_lazy("%(by)s split it off")),
    "conversations_merged": ("merge", gettext_lazy("%(by)s merged another conversation into this one")),
    "conversation_split": ("split", gettext_lazy("%(by)s split messages off")),
    "rearrangement_undone": ("undo", gettext_lazy("%(by)s undid it")),
    "suggestion_dismissed": ("check", gettext_lazy("%(by)s said that it does not belong to another conversation")),
    "continued_privately": ("lock", gettext_lazy("%(by)s goes on in private")),
    "message_deleted": ("close", gettext_lazy("Something that was said here was deleted at the provider")),
}
# What the reader of a channel noticed about a message.
NOTICES = {
    "encrypted": gettext_lazy("It is encrypted and cannot be shown. The original can be downloaded."),
    "signed": gettext_lazy("It is signed; the signature was not checked."),
    "cut": gettext_lazy("It was larger than this channel's limit: only headers and text were fetched."),
    "limits": gettext_lazy("It is unusually built: some of it is only in the original."),
    "tnef": gettext_lazy("It came packed as winmail.dat and was unpacked."),
    "html-too-complex": gettext_lazy("Its layout is too complex to be shown; this is its text."),
    "missing-id": gettext_lazy("It came without a Message-ID."),
    "x-chat": gettext_lazy("It is an encrypted chat of X, which only X's own program can show."),
    "unsupported": gettext_lazy("The network does not show it to other programs. Open it there."),
}

COIN = (
    '<svg class="coin" data-state="{}" viewBox="0 0 32 32" {}>'
    '<circle class="coin-track" cx="16" cy="16" r="14.5"/>{}'
    '<use class="coin-mark" href="{}#i-{}" x="7" y="7" width="18" height="18"/>{}</svg>'
)
ARC = (
    '<circle class="coin-arc" cx="16" cy="16" r="14.5" pathLength="100" stroke-dasharray="{} 100"'
    ' transform="rotate(-90 16 16)"/>'
)
HIDDEN = mark_safe('aria-hidden="true"')
BADGE = '<circle class="coin-badge" cx="26" cy="26" r="6.75"/><path class="coin-sign" d="{}"/>'
SIGNS = {
    "over": "M26 28.6v-5.2M23.6 25.6 26 23.2l2.4 2.4",
    "snoozed": "M24.3 24.2h3.4l-3.4 3.8h3.4",
    "solved": "m23.5 26.1 1.8 1.7 3.2-3.6",
}
NOTICE_ICONS = {
    NoticeKind.GIVEN: "take",
    NoticeKind.GONE: "pass",
    NoticeKind.MENTIONED: "at",
    NoticeKind.NOT_ACCEPTED: "undo",
    NoticeKind.NOT_ARRIVED: "warning",
    NoticeKind.CLIMBS_SOON: "ladder",
    NoticeKind.CLIMBED: "ladder",
    NoticeKind.PROMISE_SOON: "promise",
    NoticeKind.PROMISE_BROKEN: "warning",
    NoticeKind.OWES_UPDATE: "clock",
    NoticeKind.SHIFT_ENDS: "shift",
    NoticeKind.AWAY_LONG: "shift",
    NoticeKind.ABSENT: "warning",
    NoticeKind.LEFT_EARLY: "warning",
}
GUIDELINE_ICONS = {GuidelineKind.BLOCK: "warning", GuidelineKind.WARN: "question", GuidelineKind.PREFER: "pencil"}
FACT = '<span class="fact" data-tone="{}">{}{}</span>'
LEFT = '<time datetime="{}" title="{}" data-left>{}</time>'
WHO = '<span class="who {}" data-shift="{}"{} title="{}">{}</span>'
SHIFT_SHAPES = {Status.ON_SHIFT: "on", Status.AWAY: "break", Status.OFF: "off"}


@register.simple_tag
@cache
def icon(name: str, extra: str = "") -> SafeString:
    """A drawing without a word; whatever it stands beside says what it means."""
    return format_html(
        '<svg class="ic {}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>', extra, _sprite(), name
    )


@cache
def _sprite() -> str:
    return static("inbox/icons.svg")


@register.simple_tag
def coin(conversation: Conversation) -> SafeString:
    """The channel's mark inside the ring of time left before the climb."""
    connector = kinds()[conversation.channel.kind]
    state, word, arc = _ring(conversation, timezone.now())
    return _coin(state, arc, connector.icon, f"{_(connector.label)}, {word}")


@register.simple_tag
@cache
def sample_coin(state: str, drawing: str, arc: int = 0) -> SafeString:
    """A coin that explains itself by the words beside it."""
    return _coin(state, arc, drawing, "")


@lru_cache(maxsize=2000)
def _coin(state: str, arc: int, drawing: str, label: str) -> SafeString:
    ring = format_html(ARC, arc) if arc and state != "over" else ""
    sign = format_html(BADGE, SIGNS[state]) if state in SIGNS else ""
    said = format_html('role="img" aria-label="{}"', label) if label else HIDDEN
    return format_html(COIN, state, said, ring, _sprite(), drawing, sign)


def _ring(conversation: Conversation, now: datetime) -> tuple[str, str, int]:
    if conversation.state == State.SOLVED:
        return "solved", _("solved"), 0
    if conversation.state == State.PENDING:
        return ("snoozed", _("snoozed"), 0) if conversation.snoozed_until else ("wait", _("waits for the customer"), 0)
    if conversation.climbs_at is None:  # it has come to the top, or nothing makes it climb
        return ("over", _("must be solved"), 100) if conversation.level > 1 else ("open", _("needs us"), 100)
    whole = (conversation.climbs_at - conversation.opened_at).total_seconds() or 1
    left = (conversation.climbs_at - now).total_seconds()
    if left <= 0:
        return "over", _("overdue"), 100
    if now >= soon_from(conversation.climbs_at, conversation.opened_at):
        return "soon", _("climbs soon"), max(3, round(left / whole * 100))
    return "open", _("needs us"), round(left / whole * 100)


@register.simple_tag
def climb(conversation: Conversation) -> SafeString | str:
    """How long until it climbs, and where to; on what level it stands, where it has climbed."""
    if conversation.state == State.SOLVED:
        return ""
    now, at = timezone.now(), conversation.climbs_at
    stands = format_html(FACT, "over", icon("up"), _("level %(n)s") % {"n": conversation.level})
    if at is None or conversation.climbs_to is None:
        return stands if conversation.level > 1 else ""
    tone = _ring(conversation, now)[0]
    left = format_html(
        LEFT, at.isoformat(), formats.date_format(timezone.localtime(at), "DATETIME_FORMAT"), _left(at, now)
    )
    said = format_html("{} {}", left, _("to level %(n)s") % {"n": conversation.climbs_to})
    going = format_html(FACT, tone if tone in {"soon", "over"} else "", icon("ladder"), said)
    return format_html("{}{}", stands, going) if conversation.level > 1 else going


@register.simple_tag
def promised(conversation: Conversation) -> SafeString | str:
    """By when the customer was told that he hears from us; or that he has heard nothing for too long."""
    now = timezone.now()
    if conversation.state == State.SOLVED:
        return ""
    if at := conversation.promise_at:
        tone = "over" if at <= now else "soon" if at - now < timedelta(hours=1) else ""
        # The flag stands for the words: with them the fact would not fit into a row beside when it climbs.
        said = format_html('<span class="sr">{}</span> {}', _("promised by"), instant(at))
        return format_html(FACT, tone, icon("promise"), said)
    if conversation.owes_update_at and conversation.owes_update_at <= now:
        return format_html(FACT, "soon", icon("clock"), _("owes an update"))
    return ""


def _left(at: datetime, now: datetime) -> str:
    """What is left of a time, in the largest whole unit but one minute at least."""
    minutes = int((at - now).total_seconds() // 60)
    if minutes < 1:
        return _("0 min")
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return _("%(n)s d") % {"n": minutes // (24 * 60)}


@register.filter
def hours_of(length: timedelta) -> str:
    """A length of time in hours, as people read it."""
    hours = round(length.total_seconds() / 3600, 1)
    return _("%(n)s h") % {"n": formats.number_format(hours, 0 if hours == int(hours) else 1)}


@register.filter
def guideline_icon(kind: str) -> str:
    """The drawing of what a guideline does."""
    return GUIDELINE_ICONS[GuidelineKind(kind)]


@register.filter
def notice_icon(notice: Notice) -> str:
    """The drawing of what somebody is told."""
    return NOTICE_ICONS.get(NoticeKind(notice.kind), "bell")


@register.filter
def in_words(kept: dict[str, object] | None) -> str:
    """A sentence of the system, in the reader's language."""
    return errors.in_words(kept)


@register.filter
def reason_of(interval: Interval) -> str:
    """Why a person passed it on; what was written freely stays as it is."""
    return str(Reason(interval.reason).label) if interval.reason in Reason.values else interval.reason


@register.simple_tag
def who(agent: Agent | None, me: Agent, size: str = "") -> SafeString | str:
    """Somebody's initial, with his shift by shape and oneself in petrol."""
    if agent is None:
        return ""
    return _who(agent.name, agent.get_status_display(), SHIFT_SHAPES[Status(agent.status)], size, mine=agent == me)


@lru_cache(maxsize=2000)
def _who(name: str, status: str, shift: str, size: str, *, mine: bool) -> SafeString:
    itself = mark_safe(" data-me") if mine else ""  # no word of anybody's
    return format_html(WHO, size, shift, itself, f"{name}, {status}", initial(name))


@register.filter
def tick_label(conversation: Conversation) -> str:
    """What the box of its row in the list is called."""
    return _("Tick: %(name)s, %(label)s") % {"name": conversation.customer_name, "label": conversation.label}


@register.filter
def initial(name: str) -> str:
    """The first letter of a name."""
    return next((letter.upper() for letter in name if letter.isalnum()), "?")


@register.filter
def capped(count: int) -> str:
    """A count that says honestly where it stopped."""
    return f"{CAP - 1}+" if count >= CAP else str(count)


@register.simple_tag
def moment(when: datetime | None) -> SafeString | str:
    """A time as a colleague would say it: today the hour, this year the day, else the date. Never "ago"."""
    if when is None:
        return ""
    local, today = timezone.localtime(when), timezone.localtime()
    full = formats.date_format(local, "DATETIME_FORMAT")
    if local.date() == today.date():
        shown = formats.date_format(local, "H:i")
    elif local.year == today.year:
        shown = formats.date_format(local, "j M" if (today - local).days < 300 else "SHORT_DATE_FORMAT")
    else:
        shown = formats.date_format(local, "SHORT_DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, shown)


@register.simple_tag
def instant(when: datetime | None) -> SafeString | str:
    """A time that is to be kept: its hour always, and its day unless that is today."""
    if when is None:
        return ""
    local = timezone.localtime(when)
    shown = formats.date_format(local, "H:i" if local.date() == timezone.localdate() else "j M, H:i")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), shown)


@register.simple_tag
def window(conversation: Conversation) -> SafeString | str:
    """Until when the provider lets us answer, where it sets an end; by colour and by words when it is near or over."""
    end, now = conversation.window_until, timezone.now()
    if end is None:
        return ""
    tone, words = ("over", _("shut since")) if end <= now else ("soon" if end - now < SOON else "", _("open until"))
    return format_html(
        '<span class="fact" data-tone="{}" title="{}">{}<span class="sr">{}</span>{}</span>',
        tone,
        _("The window for answers"),
        icon("window"),
        words,
        moment(end),
    )


@register.filter
def channel_icon(kind: str) -> str:
    """The drawing of a kind of channel."""
    return kinds()[kind].icon


@register.filter
def channel_label(kind: str) -> str:
    """What a kind of channel is called."""
    return _(kinds()[kind].label)


@register.filter
def limit_label(name: str, kind: str) -> str:
    """What a limit of a provider is called; one that we have no words for has the provider's own."""
    label = kinds()[kind].labels.get(name)
    return _(label) if label else name


@register.filter
def size_of(count: int) -> str:
    """Bytes as people read them."""
    amount, unit = float(count), _("B")
    for bigger in (_("KB"), _("MB"), _("GB")):
        if amount < 1000:
            break
        amount, unit = amount / 1000, bigger
    return f"{formats.number_format(amount, 0 if amount >= 10 or unit == _('B') else 1)}\N{NO-BREAK SPACE}{unit}"


@register.filter
def count_of(counts: dict[str, int] | str, key: str) -> int:
    """How much is in a view; 0 where nothing is counted."""
    return counts.get(key, 0) if isinstance(counts, dict) else 0


@register.filter
def marked(around: str) -> SafeString:
    """Words of somebody, with what was found in them marked."""
    begins, ends = MARKS
    return mark_safe(escape(around).replace(begins, "<mark>").replace(ends, "</mark>"))  # noqa: S308  # escaped here


@register.filter
def with_mentions(note: Message) -> SafeString:
    """The text of a note, with the colleagues who are named in it marked."""
    named = set(note.details.get("mentioned", ()))
    mark = '<span class="mention">{}</span>'
    text = str(escape(note.text))
    return mark_safe(  # noqa: S308  # escaped here, and again what is marked
        MENTIONED.sub(lambda name: format_html(mark, name[0]) if name[1].lower() in named else name[0], text)
    )


@register.filter
def is_within(here: str, url: str) -> bool:
    """Whether a page belongs to a place of the rail."""
    return bool(here) and here.startswith(url)


@register.filter
def as_position(place: Place | None) -> str:
    """A place in a conversation as an address names it; empty for none. See inbox.lists.position."""
    return quote(f"{place[0].isoformat()}_{place[1]}") if place else ""


@register.filter
def is_ours(direction: str) -> bool:
    """Whether our side said it."""
    return direction == Direction.OUTGOING


@register.filter
def line_count(text: str) -> int:
    """How many lines a text has."""
    return len(text.strip().splitlines())


@register.filter
def when(moment_text: str | None) -> str:
    """A time kept as text (ISO 8601), in the reader's zone."""
    if not moment_text:
        return ""
    return formats.date_format(timezone.localtime(datetime.fromisoformat(moment_text)), "DATETIME_FORMAT")


@register.filter
def notice(code: str) -> str:
    """What a notice of the reader means for the agent."""
    return str(NOTICES.get(code, code))


@register.filter
def called(charsets: Mapping[str, str], charset: str) -> str:
    """What the charset is called in which somebody had a message read again."""
    return _(charsets.get(charset, charset))


@register.filter
def event_icon(entry: Happened) -> str:
    """The drawing of something that happened."""
    return EVENTS.get(entry.verb, ("arrow", ""))[0]


@register.filter
def cause_icon(cause: str) -> str:
    """The drawing of why somebody has it."""
    return EVENTS.get(cause, ("arrow", ""))[0]


@register.filter
def told(entry: Happened) -> str:
    """Something that happened, as a sentence with the names of people."""
    sentence = EVENTS.get(entry.verb, ("", str(entry.verb)))[1]
    if entry.verb == Cause.PASSED_ON and entry.owner is None:
        sentence = gettext_lazy("%(by)s passed it on to the queue of %(team)s")
    team = entry.interval.team.name if entry.interval else ""
    nobody = _("Otvet")
    names = {
        "by": entry.by.name if entry.by else nobody,
        "owner": entry.owner.name if entry.owner else team,
        "team": team,
        "what": _what_of(entry.activity),
    }
    return str(sentence) % names


def _what_of(act: Activity | None) -> str:
    """Tags, the name of what was collected, or by when something was promised."""
    facts = act.data if act else {}
    if act and act.verb == "promised":
        return formats.date_format(timezone.localtime(datetime.fromisoformat(facts["until"])), "j M, H:i")
    return ", ".join(facts.get("tags") or filter(None, [facts.get("name", "")]))


@register.filter
def dollars(millionths: int) -> str:
    """An amount in millionths of a dollar as people read it."""
    return f"{millionths / 1_000_000:.2f}"


@register.filter
def iso_day(instant: str) -> str:
    """The day of an instant that stands as text, as the reader writes it."""
    return formats.date_format(timezone.localtime(datetime.fromisoformat(instant)), "SHORT_DATE_FORMAT")


@register.filter
def is_signature(quoted: str) -> bool:
    """Whether what was folded away is a signature alone (RFC 3676, 4.3), and nothing that was quoted."""
    return quoted.startswith("-- \n") and "\n>" not in quoted
