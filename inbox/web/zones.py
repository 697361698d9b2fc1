"""Choosing a time zone."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Choices = list[tuple[str, str]]


@cache
def zones() -> Choices:
    """All time zones, by name and as people read them. Looked for once: they lie in some 600 files."""
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]


class ZoneSelect(forms.Select):
    """A select written in one piece: Django's renders a template for each of the 600 options."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The element, with the zone that is set."""
        chosen = format_html(' value="{}" selected', value)
        options = format_html_join(
            "",
            "<option{}>{}</option>",
            ((chosen if zone == value else format_html(' value="{}"', zone), label) for zone, label in zones()),
        )
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})})), options
        )


class ZoneField(forms.ChoiceField):
    """One of all time zones."""

    widget = ZoneSelect

    def __init__(self, **about: Any) -> None:
        super().__init__(choices=zones(), **about)
