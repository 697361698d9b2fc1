"""What the composer offers while one writes: canned answers by `/`, filled in, and in a note colleagues by `@`."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from inbox.desk.along import NOTHING_ELSE, Along
from inbox.desk.answers import answers_of, offered
from inbox.desk.filling import filled
from inbox.desk.naming import colleagues
from inbox.errors import Invalid
from inbox.models import CannedAnswer, State
from inbox.permissions import Can, require
from inbox.web.requests import agent_of, code_of, conversation_of, receiver_of, view_of

MOST = 8


@login_required
def answers(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """Those whose name holds what was typed, each with its beginning as it would stand there."""
    conversation, agent = conversation_of(request, number), agent_of(request)
    require(agent, Can.REPLY, conversation)
    found = offered(conversation, request.GET.get("q", ""), to=agent)[:MOST]
    rows = [(each, filled(each.text, conversation, by=agent)) for each in found]
    context = {"rows": rows, "conversation": conversation, "view": view_of(view, agent)}
    return render(request, "talk/offered_answers.html", context)


@login_required
def answer(request: HttpRequest, view: str, number: int, answer_id: int) -> HttpResponse:
    """One of them: its text, and what sending it does besides."""
    conversation, agent = conversation_of(request, number), agent_of(request)
    require(agent, Can.REPLY, conversation)
    found = get_object_or_404(answers_of(agent).select_related("to_agent", "to_team"), pk=answer_id)
    text = filled(found.text, conversation, by=agent)
    return render(request, "talk/along.html", {**shown(_along_of(found), found.then), "filled": text})


@login_required
def people(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """Colleagues who may read this conversation and are called so."""
    conversation, agent = conversation_of(request, number), agent_of(request)
    require(agent, Can.NOTE, conversation)
    rows = colleagues(conversation, request.GET.get("q", ""), to=agent, most=MOST)
    return render(request, "talk/offered_people.html", {"rows": rows})


def _along_of(answer: CannedAnswer) -> Along:
    to = answer.to_agent or answer.to_team
    return Along(tags=answer.tags, to=to, reason=answer.reason, note=answer.note, answer=answer.pk)


def along_of(form: QueryDict) -> Along:
    """What stood beside the text when it was sent. Raise Invalid for a receiver that is not there any more."""
    source, code = form.get("answer", ""), form.get("to", "")
    to = receiver_of(code)
    if code and to is None:
        raise Invalid
    return Along(
        tags=form.getlist("tags"),
        to=to,
        reason=form.get("reason", ""),
        note=form.get("note", ""),
        answer=int(source) if source.isdecimal() and len(source) < 19 else None,
    )


def shown(along: Along, after: str) -> dict[str, object]:
    """The context of `talk/along.html`."""
    return {"along": along, "to_code": code_of(along.to), "after": after if after in State.values else ""}


def form_of(beside: Mapping[str, Sequence[str]]) -> QueryDict:
    """What stood beside a draft (inbox.desk.drafts), as its form sent it."""
    form = QueryDict(mutable=True)
    for name, values in beside.items():
        form.setlist(name, list(values))
    return form


def along_again(form: QueryDict) -> dict[str, object]:
    """That context after a refusal: what stood there stands there still, but a receiver who is gone."""
    try:
        return shown(along_of(form), form.get("after", ""))
    except Invalid:
        return shown(NOTHING_ELSE, "")
