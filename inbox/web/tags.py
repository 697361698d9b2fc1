"""What templates need beyond Django's own: icons, coins, people, times."""

from collections.abc import Iterable, Mapping
from datetime import datetime
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
from inbox.dates import dated
from inbox.desk import pictures
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
    Status,
)
from inbox.news import Place
from inbox.search import MARKS
from inbox.thread import Happened
from inbox.views import APART

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
    "snoozed": ("snooze", gettext_lazy("%(by)s snoozed it until %(what)s")),
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
    "pictures_allowed": ("image", gettext_lazy("%(by)s lets pictures of this sender always be shown")),
    "pictures_not_allowed": ("image", gettext_lazy("%(by)s lets pictures of this sender be shown only when asked for")),
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
    "reused-id": gettext_lazy("Another mail with other words came before under the same Message-ID."),
    "x-chat": gettext_lazy("It is an encrypted chat of X, which only X's own program can show."),
    "unsupported": gettext_lazy("The network does not show it to other programs. Open it there."),
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
FIRST_KEYS = {"next", "previous", "open", "reply", "note", "solve", "find", "sheet"}
WHO = '<span class="who {}" data-shift="{}"{} title="{}">{}</span>'
SHIFT_SHAPES = {Status.ON_SHIFT: "on", Status.AWAY: "break", Status.OFF: "off"}


@register.simple_tag
@cache
def icon(name: str, extra: str = "") -> SafeString:
    """A drawing without a word; whatever it stands beside says what it means."""
    return format_html(
        '<svg class="ic {}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>', extra, sprite(), name
    )


@cache
def sprite() -> str:
    """Where all drawings are."""
    return static("inbox/icons.svg")


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
def few(keys: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Of his keys those to begin with; none where he has switched them off."""
    return [key for key in keys if key["action"] in FIRST_KEYS and key["shown"]]


@register.filter
def capped(count: int) -> str:
    """A count that says honestly where it stopped."""
    return f"{CAP - 1}+" if count >= CAP else str(count)


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
    """Whether a page belongs to a place of the rail; a list that is narrowed belongs to the whole one."""
    return bool(here) and here.startswith((url, f"{url[:-1]}{APART}"))


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
def notice(code: str) -> str:
    """What a notice of the reader means for the agent."""
    return str(NOTICES.get(code, code))


@register.filter
def pictures_of(message: Message) -> str:
    """What becomes of the pictures from elsewhere in a message: see `inbox.desk.pictures.Pictures`."""
    return pictures.pictures_of(message).value


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
    """Tags, the name of what was collected, or by when something was promised, or until when it is put aside."""
    facts = act.data if act else {}
    if act and act.verb in {"promised", "snoozed"}:
        until = timezone.localtime(datetime.fromisoformat(facts["until"]))
        return dated(until, "j M, H:i" if until.year == timezone.localdate().year else "j M Y, H:i")
    return ", ".join(facts.get("tags") or filter(None, [facts.get("name", "")]))


@register.filter
def dollars(millionths: int) -> str:
    """An amount in millionths of a dollar as people read it."""
    return f"{millionths / 1_000_000:.2f}"


@register.filter
def is_signature(quoted: str) -> bool:
    """Whether what was folded away is a signature alone (RFC 3676, 4.3), and nothing that was quoted."""
    return quoted.startswith("-- \n") and "\n>" not in quoted
