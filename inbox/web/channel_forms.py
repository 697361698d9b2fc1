"""Forms for channels and apps: they write themselves from the fields of their dataclasses."""

from dataclasses import MISSING, Field, fields
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.contract import App, Connector
from connectors.registry import kinds
from inbox.connect import connect
from inbox.models import Brand, Channel, ProviderApp, Team

INPUT = {"class": "input"}


class AboutForm(forms.Form):
    """What every channel has, whatever its kind."""

    name = forms.CharField(label=gettext_lazy("Name here"), max_length=150, widget=forms.TextInput(INPUT))
    team = forms.ModelChoiceField(
        Team.objects.filter(closed_at=None), label=gettext_lazy("Team"), widget=forms.Select(INPUT)
    )
    brand = forms.ModelChoiceField(Brand.objects.all(), label=gettext_lazy("Brand"), widget=forms.Select(INPUT))
    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        help_text=gettext_lazy("It stands under every answer from here. Empty: that of the brand."),
        required=False,
        widget=forms.Textarea({**INPUT, "rows": 3}),
    )
    monthly_cap = forms.DecimalField(
        label=gettext_lazy("Budget a month, in dollars"),
        help_text=gettext_lazy("Empty: none. At 80 % you are warned; at 100 % news come only once an hour."),
        required=False,
        min_value=Decimal("0.01"),  # a budget of nothing would be none at all
        max_digits=9,
        decimal_places=2,
        widget=forms.NumberInput(INPUT),
    )
    advanced: frozenset[str] = frozenset()  # names of fields that most people need not touch

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None and field.queryset.count() == 1:
                field.empty_label = None  # there is nothing to choose

    def plain_fields(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        return [field for field in self.visible_fields() if field.name not in self.advanced]

    def advanced_fields(self) -> list[forms.BoundField]:
        """What is folded away, unless something in it is wrong."""
        return [field for field in self.visible_fields() if field.name in self.advanced]

    def advanced_is_wrong(self) -> bool:
        """Whether the folded part must be opened."""
        return any(field.errors for field in self.advanced_fields())


def form_of(kind: str, channel: Channel | None = None) -> type[AboutForm]:
    """The form for a kind of channel: a field for each of its connector's that is not its app's."""
    cls = kinds()[kind]
    known = connect(channel) if channel else None
    apps = {f.name for f in fields(cls.app)} if cls.app else set()  # type: ignore[arg-type]  # every app is a dataclass
    shown = [f for f in _shown(cls) if f.name not in apps]
    made: dict[str, object] = {f"at_{f.name}": form_field(f, known) for f in shown}
    made["advanced"] = frozenset(f"at_{f.name}" for f in shown if f.metadata.get("advanced"))
    if not cls.signs:
        made["signature"] = None
    if not cls.prices:
        made["monthly_cap"] = None  # nothing costs anything here
    if cls.app:
        made["app"] = forms.ModelChoiceField(
            ProviderApp.objects.filter(kind=kind), label=_("App"), widget=forms.Select(INPUT)
        )
    return type("ChannelForm", (AboutForm,), made)


def app_form_of(kind: str, known: App | None = None) -> type[forms.Form]:
    """The form for an app of ours at a provider: its name here, and its keys."""
    cls = kinds()[kind].app
    made: dict[str, object] = {
        "name": forms.CharField(label=_("Name here"), max_length=100, widget=forms.TextInput(INPUT))
    }
    made |= {f"at_{f.name}": form_field(f, known) for f in _shown(cls) if not f.metadata.get("made")}
    return type("AppForm", (forms.Form,), made)


def _shown(cls: type[Connector] | type[App] | None) -> list[Field[Any]]:
    return [f for f in fields(cls) if f.metadata and not f.metadata.get("kept")] if cls else []  # type: ignore[arg-type]  # both are dataclasses


def form_field(field: Field[Any], known: Connector | App | None) -> forms.Field:
    """A form's field for one of a connector or an app; what is secret is never shown."""
    about = field.metadata
    secret = bool(about.get("secret"))
    value = getattr(known, field.name) if known else (None if field.default is MISSING else field.default)
    shared: dict[str, Any] = {
        "label": _(about["label"]),
        "help_text": _(about["help"]) if about.get("help") else "",
        "required": field.default is MISSING and not secret,
        "initial": None if secret else value,
    }
    if secret:
        shared["help_text"] = _("Leave it empty to keep the one we have.") if known else shared["help_text"]
        return forms.CharField(widget=forms.PasswordInput({**INPUT, "autocomplete": "off"}), **shared)
    if about.get("choices"):
        choices = [(key, _(label)) for key, label in about["choices"].items()]
        return forms.ChoiceField(choices=choices, widget=forms.Select(INPUT), **shared)
    if isinstance(field.default, bool):
        return forms.BooleanField(**{**shared, "required": False}, widget=forms.CheckboxInput({"class": "tick"}))
    if isinstance(field.default, int):
        return forms.IntegerField(min_value=0, widget=forms.NumberInput(INPUT), **shared)
    widget = forms.Textarea({**INPUT, "rows": 3}) if "PEM" in about["label"] else forms.TextInput(INPUT)
    return forms.CharField(widget=widget, **shared)


def values_of(form: forms.Form) -> dict[str, object]:
    """The connector's fields out of a valid form."""
    return {name.removeprefix("at_"): value for name, value in form.cleaned_data.items() if name.startswith("at_")}
