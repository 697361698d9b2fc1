"""How a conversation stands and what is due in it, by shape, colour and words: coin, climb, promise, window."""

from datetime import datetime, timedelta
from functools import cache, lru_cache

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from connectors.registry import kinds
from inbox.desk.due import soon_from
from inbox.models import Conversation, State
from inbox.web.tags import icon, sprite
from inbox.web.times import instant, left_until
from inbox.web.ways import SOON

register = template.Library()

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
BAR = '<svg class="climb-bar" viewBox="0 0 {} 10" aria-hidden="true">{}</svg>'
BAR_PART = '<rect class="{}" x="{}" y="2" width="{}" height="6" rx="2"/>'
BAR_STEP, BAR_RUNG = 30, 28  # from one rung of the bar to the next, and how long each is
FACT = '<span class="fact" data-tone="{}">{}{}</span>'
WINDOW = '<span class="fact" data-tone="{}" title="{}">{}<span class="sr">{}</span> {}</span>'


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
    return format_html(COIN, state, said, ring, sprite(), drawing, sign)


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
def climb_bar(conversation: Conversation, highest: int) -> SafeString | str:
    """The levels as rungs beside each other: those it has left, how much of this one is over, those ahead."""
    if conversation.state == State.SOLVED or highest < 2:
        return ""
    state, _word, left = _ring(conversation, timezone.now())
    tone = f"-{state}" if state in {"soon", "over"} else ""
    here = BAR_RUNG if state == "over" else 0 if conversation.climbs_at is None else BAR_RUNG * (100 - left) / 100
    parts: list[tuple[str, int, str]] = []
    for level in range(highest):
        over = BAR_RUNG if level + 1 < conversation.level else here if level + 1 == conversation.level else 0
        parts.append(("bg", level * BAR_STEP, str(BAR_RUNG)))
        if over:
            parts.append((f"fg{tone}", level * BAR_STEP, f"{over:.1f}"))
    return format_html(BAR, highest * BAR_STEP - 2, format_html_join("", BAR_PART, parts))


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
    said = format_html("{} {}", left_until(at, now), _("to level %(n)s") % {"n": conversation.climbs_to})
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


@register.simple_tag
def window(conversation: Conversation) -> SafeString | str:
    """How long the provider still lets us answer, where it sets an end; the last hour and the end by colour, too."""
    end, now = conversation.window_until, timezone.now()
    if end is None:
        return ""
    if end <= now:
        return format_html(WINDOW, "over", _("The window for answers"), icon("window"), _("shut since"), instant(end))
    tone = "soon" if end - now < SOON else ""
    words = _("for answers there is left")
    return format_html(WINDOW, tone, _("The window for answers"), icon("window"), words, left_until(end, now))
