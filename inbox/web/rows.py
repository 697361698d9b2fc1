"""The rows of a list, as HTML: one that shows what it showed a moment ago is not drawn again.

A list is asked for whenever something happens anywhere in it, by everybody who has it on his screen, and mostly one of
its rows has changed. Drawing them is most of its cost.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from django import template
from django.core.cache import cache
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from inbox.lists import ROW
from inbox.models import Agent, Conversation
from inbox.search import Found

register = template.Library()

ASKED = ("unread", "spoke", "draft")  # by inbox.lists.with_reading, for whoever looks
KEPT_SECONDS = 60
NOTHING = Found()


@register.simple_tag(takes_context=True)
def drawn(context: Context, rows: Sequence[Conversation]) -> SafeString:
    """These rows, as the list shows them to whoever looks."""
    keys = {row.pk: _key(context, row) for row in rows}
    kept = cache.get_many(keys.values())
    made = {keys[row.pk]: _draw(context, row) for row in rows if keys[row.pk] not in kept}
    cache.set_many(made, KEPT_SECONDS)
    kept |= made
    return mark_safe("".join(kept[key] for key in keys.values()))  # noqa: S308  # what templates have escaped


def _draw(context: Context, row: Conversation) -> str:
    assert context.template
    with context.push(row=row, found=_found(context, row)):
        return str(context.template.engine.get_template("desk/row.html").render(context))


def _key(context: Context, row: Conversation) -> str:
    """Two rows of one key look the same: it holds all that the template is given, and the minute that it is."""
    me: Agent = context["me"]
    around = (
        *(get_language(), timezone.get_current_timezone_name(), f"{timezone.localtime():%d %H:%M}", me.pk),
        *(context["here_list"], sorted(context["facts"]), row.number == context.get("chosen")),
        _found(context, row),
    )
    shown = (row.pk, row.owner_id, *(_value(row, path) for path in ROW), *(getattr(row, name) for name in ASKED))
    return "row:" + blake2b(repr((around, shown)).encode(), digest_size=16).hexdigest()


def _found(context: Context, row: Conversation) -> Found:
    """What the row shows of what was found; nothing where nothing was looked for."""
    found: Mapping[int, Found] = context.get("said") or {}
    return found.get(row.pk, NOTHING)


def _value(row: Conversation, path: str) -> object:
    value: object = row
    for name in path.split("__"):
        value = getattr(value, name, None)
    return value
