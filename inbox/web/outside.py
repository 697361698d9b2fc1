"""The page on which an agent writes down what a customer said elsewhere."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.desk.outside import Told, log_outside
from inbox.errors import Refusal
from inbox.models import Agent, Customer, Team
from inbox.permissions import Can, require, teams_where, visible_to
from inbox.web.files import LARGEST_UPLOAD, keep_upload
from inbox.web.requests import agent_of, customer_number

INPUT = {"class": "input"}


class Files(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """The files. Raise ValidationError with the name of one that is too large."""
        files = [super(FilesField, self).clean(file, initial) for file in data or []]
        for file in files:
            if (file.size or 0) > LARGEST_UPLOAD:
                raise forms.ValidationError(_("%(name)s is larger than 25 MB.") % {"name": file.name})
        return files


class WallClockField(forms.DateTimeField):
    """A time as the clock on the wall shows it; of an hour that clocks repeat, the later one that is over."""

    def to_python(self, value: Any) -> datetime | None:
        """The instant. Raise ValidationError for what is no time."""
        with timezone.override(UTC):
            written = super().to_python(value)
        if written is None:
            return None
        zone = timezone.get_current_timezone()
        first, second = (written.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        return second if first < second <= timezone.now() else first


class ToldForm(forms.Form):
    """Who, where, when, what."""

    who = forms.CharField(label=gettext_lazy("Who wrote"), max_length=200, widget=forms.TextInput(INPUT))
    where = forms.CharField(
        label=gettext_lazy("Where"),
        help_text=gettext_lazy("As the team would say it: my WhatsApp, my profile on X, on the phone."),
        max_length=200,
        widget=forms.TextInput(INPUT),
    )
    address = forms.CharField(
        label=gettext_lazy("His number or profile there"),
        help_text=gettext_lazy("By it he is recognised the next time."),
        max_length=320,
        required=False,
        widget=forms.TextInput(INPUT),
    )
    number = forms.CharField(
        label=gettext_lazy("Customer, if we know him"),
        max_length=20,
        required=False,
        widget=forms.TextInput({**INPUT, "placeholder": "C-1001"}),
    )
    happened_at = WallClockField(
        label=gettext_lazy("When"),
        widget=forms.DateTimeInput({**INPUT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    text = forms.CharField(
        label=gettext_lazy("What he said"), required=False, widget=forms.Textarea({**INPUT, "rows": 6})
    )
    attached = FilesField(label=gettext_lazy("Files"), required=False, widget=Files({**INPUT, "multiple": True}))
    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Team"), widget=forms.Select(INPUT))

    def __init__(self, agent: Agent, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = teams_where(agent, Can.REPLY).filter(closed_at=None)
        team.initial = team.queryset.first()
        self.agent = agent

    def clean_number(self) -> Customer | None:
        """The customer of that number, if one of his conversations may be seen."""
        written = self.cleaned_data["number"].strip()
        if not written:
            return None
        known = Customer.objects.filter(conversations__in=visible_to(self.agent), merged_into=None)
        found = known.filter(number=customer_number(written)).first()
        if found is None:
            raise forms.ValidationError(_("No customer of that number is known to you."))
        return found


@login_required
def log(request: HttpRequest) -> HttpResponse:
    """Write it down; the conversation opens as one's own."""
    agent = agent_of(request)
    require(agent, Can.REPLY)
    now = timezone.now()
    form = ToldForm(
        agent, request.POST or None, request.FILES or None, initial={"happened_at": timezone.localtime(now)}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        kept = [keep_upload(file, request).pk for file in said["attached"]]
        told = Told(
            who=said["who"],
            address=said["address"],
            where=said["where"],
            text=said["text"],
            happened_at=said["happened_at"],
            customer=said["number"],
            attachments=kept,
        )
        try:
            conversation = log_outside(told, team=said["team"], by=agent, now=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Written down. Answer here, then give the answer there."))
            return redirect("inbox:conversation", "mine", conversation.number)
    return render(request, "desk/outside.html", {"form": form})
