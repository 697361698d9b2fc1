"""What forms of this room have in common."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _

from inbox.desk.judge import AgainstGuidelines, in_short, require_courteous_words

INPUT = {"class": "input"}
TICK = {"class": "tick"}


class Hours(forms.Field):
    """A length of time, written in hours; "1.5" and "1,5" are one and a half."""

    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        """Hours of a timedelta, without a needless ".0"."""
        return f"{value.total_seconds() / 3600:g}" if isinstance(value, timedelta) else value

    def to_python(self, value: Any) -> timedelta | None:
        """The time that was written. Raise ValidationError for what is none, or too long."""
        if value in self.empty_values:
            return None
        try:
            hours = float(str(value).replace(",", "."))
            found = timedelta(hours=hours)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(_("Write a number of hours, like 20 or 1.5.")) from error
        if not timedelta(minutes=1) <= found <= timedelta(days=365):
            raise forms.ValidationError(_("Write a number of hours, like 20 or 1.5."))
        return found


class Lines(forms.Field):
    """A list, one entry a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Its lines."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:
        """What stands on its lines, each once."""
        return list(dict.fromkeys(line.strip() for line in str(value or "").splitlines() if line.strip()))


def dressed(form: forms.BaseForm) -> None:
    """Give each field the look of its kind, and leave out those in which there is nothing to choose from."""
    for name, field in list(form.fields.items()):
        if (
            isinstance(field, forms.ModelMultipleChoiceField)
            and field.queryset is not None
            and not field.queryset.exists()
        ):
            del form.fields[name]
    for field in form.fields.values():
        ticks = isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple)
        field.widget.attrs.update(TICK if ticks else INPUT)
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 4


def begins_as(sentence: str) -> dict[str, str]:
    """Words to begin with, in each language in which customers are told; `sentence` is one of the catalogue."""
    with override("en"):
        words = gettext(sentence)
    with override("ru"):
        return {"words": words, "words_ru": gettext(sentence)}


def judge_words(form: forms.BaseForm) -> None:
    """Refuse words for customers that a guideline is against. Call when the form has been cleaned."""
    for name in ("words", "words_ru"):
        try:
            require_courteous_words([form.cleaned_data.get(name) or ""])
        except AgainstGuidelines as refusal:
            form.add_error(name, in_short(refusal.objections))
