"""What a channel's customers are told at once, by the words of a manager."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from escalation.models import Acknowledgement
from escalation.pages.forms import begins_as, dressed, judge_words
from inbox.activity import record
from inbox.models import Channel
from inbox.permissions import Can, require
from inbox.web.requests import agent_of

BEGINS_AS = gettext_noop("Thank you. Your question has the number {number}; you will hear from us by {time}.")


class AcknowledgementForm(forms.ModelForm[Acknowledgement]):
    """Whether, and with which words; how much work a conversation here is."""

    weight = forms.IntegerField(
        label=gettext_lazy("Weight of a conversation"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("How much of a person's capacity one open conversation of this channel takes."),
    )

    class Meta:
        model = Acknowledgement
        fields = ("is_on", "words", "words_ru")
        help_texts = {"words": gettext_lazy("{number} and {time} stand for the number and an honest time.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_on"].label = _("Tell customers at once that their problem has arrived")
        dressed(self)

    def clean(self) -> dict[str, Any]:
        """To tell something there must be words."""
        cleaned = super().clean() or {}
        if cleaned.get("is_on") and not (cleaned.get("words") or cleaned.get("words_ru")):
            self.add_error("words", _("Write what the customer is told."))
        judge_words(self)
        return cleaned


@login_required
def acknowledgement(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Change what the customers of a channel are told at once, and what its conversations weigh."""
    manager = agent_of(request)
    require(manager, Can.MAKE_POLICIES)
    channel = get_object_or_404(Channel, pk=channel_id)
    kept = Acknowledgement.objects.filter(channel=channel).first()
    chosen = kept or Acknowledgement(channel=channel, **begins_as(BEGINS_AS))
    form = AcknowledgementForm(request.POST or None, instance=chosen, initial={"weight": channel.weight})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            Channel.objects.filter(pk=channel.pk).update(weight=form.cleaned_data["weight"])
            record("acknowledgement_set", now=timezone.now(), by=manager, channel=channel.pk, on=chosen.is_on)
        messages.success(request, _("Saved."))
        return redirect("escalation:overview")
    return render(request, "escalation/form.html", {"form": form, "title": channel.name, "chosen": None})
