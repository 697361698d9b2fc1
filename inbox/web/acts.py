"""What people do with a conversation: each view parses, calls one verb, and shows what came of it."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from inbox.desk import (
    collect,
    customers,
    drafts,
    merge,
    moderate,
    pass_on,
    pictures,
    privately,
    settle,
    solve,
    take,
    undo_send,
)
from inbox.desk.carry_drafts import carry_over
from inbox.desk.note import note as leave_note
from inbox.desk.reply import Draft, reply
from inbox.errors import Invalid, MergedAway, Refusal, SomethingNew
from inbox.inbound.read_again import read_again
from inbox.models import Agent, Conversation, Delivery, Message, Mode, State, Team, Topic
from inbox.permissions import visible_to
from inbox.thread import last_incoming
from inbox.web.conversation import talk_context
from inbox.web.copies import copies_of
from inbox.web.courtesy import objecting_to_reply
from inbox.web.files import uploads_of
from inbox.web.lists import list_context, listed_or_404, rows_shown
from inbox.web.offering import along_again, along_of
from inbox.web.onward import onward
from inbox.web.requests import agent_of, conversation_of, insisting_of, receiver_of, view_of
from inbox.web.ways import measured

# (request, conversation, who does it, now) and what else the address names; returns what is said, or where to go on.
Act = Callable[..., HttpResponse | str | None]


def act(verb: Act) -> Callable[..., HttpResponse]:
    """A view for one verb, done by POST, on a conversation he may see; a refusal becomes a sentence on the page."""

    @login_required
    @require_http_methods(["GET", "POST"])
    @wraps(verb)
    def view(request: HttpRequest, view: str, number: int, **which: int) -> HttpResponse:
        conversation = conversation_of(request, number)
        if request.method == "GET":
            return redirect("inbox:conversation", view, number)  # a page that was reloaded after a refusal
        try:
            said = verb(request, conversation, agent_of(request), timezone.now(), **which)
        except Refusal as refusal:
            return refused(request, view, conversation, refusal)
        if isinstance(said, HttpResponse):
            return said
        if said:
            messages.success(request, said)
        return redirect("inbox:conversation", view, number)

    return view


def refused(request: HttpRequest, view: str, conversation: Conversation, refusal: Refusal) -> HttpResponse:
    """The page again, with the sentence and with everything he had typed."""
    agent, (mode, words) = agent_of(request), _wrote(request)
    conversation.refresh_from_db()  # it may have been merged, or passed on, while he typed
    list_ = list_context(agent, listed_or_404(view, agent), chosen=conversation.number, size=rows_shown(request))
    context: dict[str, Any] = {
        **list_,
        **talk_context(conversation, agent),
        "refusal": refusal,
        "stopped": isinstance(refusal, SomethingNew),
        "typed": words if mode == Mode.REPLY else "",
        "typed_note": words if mode == Mode.NOTE else "",
        "typed_from": request.POST.get("grown_from", ""),
        **(_answered(request, conversation, agent, refusal) if "seen_up_to" in request.POST else {}),
        **({"kept": [words]} if words else {}),
        "carried_to": _carried(request, conversation, agent) if conversation.merged_into else None,
    }
    response = render(request, "desk/desk.html", context, status=refusal.status)
    # Else the address would be that of the act, which cannot be loaded again.
    response["HX-Push-Url"] = reverse("inbox:conversation", args=[view, conversation.number])
    return response


def _answered(request: HttpRequest, conversation: Conversation, agent: Agent, refusal: Refusal) -> dict[str, Any]:
    """What stood around an answer that was refused; beside any other act its draft is as it was kept."""
    return {
        **objecting_to_reply(request, conversation, refusal),
        **along_again(request.POST),
        "copies": copies_of(conversation, last_incoming(conversation), request.POST.getlist("cc")),
        "measured": measured(conversation, request.POST.get("text", "")),
        "uploads": uploads_of(agent, request.POST.getlist("attachments")),
    }


def _wrote(request: HttpRequest) -> tuple[Mode, str]:
    """What he wrote: an answer, beside which a note for a colleague may stand, else a note."""
    mode = Mode.REPLY if "text" in request.POST else Mode.NOTE
    return mode, request.POST.get("text" if mode == Mode.REPLY else "note", "")


def _carried(request: HttpRequest, conversation: Conversation, agent: Agent) -> Conversation | None:
    """Where that is his draft now, written in what is part of another conversation by now."""
    mode, words = _wrote(request)
    beside = _beside(request) if mode == Mode.REPLY else {}
    return carry_over(conversation, mode, words, beside=beside, by=agent, now=timezone.now())


@act
def send_reply(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> HttpResponse:
    """Send an answer; it can be undone for ten seconds."""
    seen, brought = _whole(request.POST.get("seen_up_to")), _seen(request, "seen_brought")
    reply(conversation, _draft(request), by=by, seen_up_to=seen, seen_brought=brought, now=now)
    drafts.forget(conversation, Mode.REPLY, by=by, grown_from=_grown_from(request))
    assert request.resolver_match
    return onward(request, conversation, by, view_of(request.resolver_match.kwargs["view"], by))


@act
def send_privately(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Answer in private what was said in public."""
    seen = {
        "seen_up_to": _whole(request.POST.get("seen_up_to")),
        "seen_brought": _seen(request, "seen_brought"),
        "seen_in_private": _seen(request, "seen_in_private"),
    }
    said = privately.continue_privately(conversation, _draft(request), by=by, now=now, **seen)
    # Else it would wait in the composer of what everybody reads.
    drafts.forget(conversation, Mode.REPLY, by=by, grown_from=_grown_from(request))
    return _("It goes out in private, in conversation %(number)s.") % {"number": said.conversation.label}


def _seen(request: HttpRequest, name: str) -> int:
    """Up to where a page showed it; 0 where the page had none."""
    return _whole(request.POST.get(name, "0"))


def _draft(request: HttpRequest) -> Draft:
    return Draft(
        text=request.POST.get("text", ""),
        cc=[address for address in request.POST.getlist("cc") if address],
        attachments=[_uuid(value) for value in request.POST.getlist("attachments")],
        then=_state(request.POST.get("then") or request.POST.get("after") or State.PENDING),
        parts_seen=_whole(request.POST.get("parts_seen") or "1"),
        insisting=insisting_of(request),
        along=along_of(request.POST),
        beside=_beside(request),
    )


def _grown_from(request: HttpRequest) -> list[str] | None:
    """Which drafts his page knows; None for one without scripts, which knows what it was made with."""
    versions = request.POST.get("grown_from")
    return None if versions is None else versions.split(" ")


def _beside(request: HttpRequest) -> drafts.Beside:
    return {name: request.POST.getlist(name) for name in drafts.BESIDE}


@act
def write_note(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """Leave an internal note."""
    leave_note(conversation, request.POST.get("note", ""), by=by, now=now)
    drafts.forget(conversation, Mode.NOTE, by=by, grown_from=_grown_from(request))


@act
def take_it(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """Take it from the queue."""
    take.take(conversation, by=by, now=now)


@act
def take_over(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """Take it from a colleague; what he was writing is kept as a note."""
    take.take_over(conversation, by=by, now=now, note=request.POST.get("note", ""))


@act
def accept(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """Mark that he has what was given to him."""
    take.accept(conversation, by=by, now=now)


@act
def pass_it_on(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Pass it on to a person (`agent:3`) or to a team's queue (`team:2`)."""
    receiver = receiver_of(request.POST.get("to", ""))
    pass_on.pass_on(
        conversation,
        by=by,
        now=now,
        to=receiver if isinstance(receiver, Agent) else None,
        team=receiver if isinstance(receiver, Team) else None,
        note=request.POST.get("note", ""),
        reason=request.POST.get("reason", ""),
    )
    return _("Passed on to %(name)s.") % {"name": receiver}


@act
def pass_it_up(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Pass it up to whoever stands for the next level."""
    note, reason = request.POST.get("note", ""), request.POST.get("reason", "")
    passed = pass_on.pass_up(conversation, by=by, now=now, note=note, reason=reason)
    return _("Passed up to %(name)s.") % {"name": passed.owner}


@act
def give_it_back(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Give back what he took over."""
    given = take.give_back(conversation, by=by, now=now, note=request.POST.get("note", ""))
    return _("Given back to %(name)s.") % {"name": given.owner or given.team}


@act
def say_what_about(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """Choose the topic, or none."""
    chosen = request.POST.get("topic", "")
    topic = get_object_or_404(Topic, pk=_whole(chosen)) if chosen else None
    collect.about(conversation, topic, by=by, now=now)


@act
def collect_it(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """Write down what the customer said to one thing of the checklist."""
    name, value = request.POST.get("name", ""), request.POST.get("value", "")
    collect.collect(conversation, name, value, by=by, now=now)


@act
def solve_it(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Solve it."""
    solve.solve(conversation, by=by, now=now)
    return _("%(number)s is solved.") % {"number": conversation.label}


@act
def open_again(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """Take the solution back."""
    solve.open_again(conversation, by=by, now=now)


@act
def wait(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """It is the customer's turn, or, with `until`, nothing is to be done before then."""
    until = request.POST.get("until", "")
    if not until:
        solve.wait_for_customer(conversation, by=by, now=now)
        return
    try:
        local = datetime.fromisoformat(until)
    except ValueError as error:
        raise Invalid from error
    when = local if local.tzinfo else timezone.make_aware(local)
    solve.snooze(conversation, by=by, until=when, now=now)


@act
def needs_us(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """It is our turn again."""
    solve.needs_us(conversation, by=by, now=now)


@act
def merge_into(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Put it together with another conversation, named by its number."""
    written = request.POST.get("number", "").strip().lstrip("#")
    other = visible_to(by).filter(number=int(written)).first() if written.isdecimal() and len(written) < 18 else None
    if other is None:
        raise Invalid(gettext_noop("There is no conversation of that number that you may see."))
    merge.merge(other, conversation, by=by, now=now)
    return _("%(other)s is part of this conversation now.") % {"other": other.label}


@act
def split_off(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Take some messages out into a conversation of their own."""
    chosen = list(conversation.messages.filter(pk__in=[_whole(v) for v in request.POST.getlist("messages")]))
    part = merge.split(conversation, chosen, by=by, now=now)
    return _("Split off as %(number)s.") % {"number": part.label}


@act
def undo_rearranging(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Undo a merge or a split."""
    activity = get_object_or_404(conversation.activities, pk=_whole(request.POST.get("activity")))
    if merge.undo(activity, by=by, now=now):
        return _("It is as it was before.")
    return _("They are two again. Something has happened here since: who has it, and how it stands, stays as it is.")


@act
def dismiss(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """A suggestion was wrong."""
    suggestion = get_object_or_404(conversation.suggestions, pk=_whole(request.POST.get("suggestion")))
    merge.dismiss(suggestion, by=by, now=now)


@act
def undo(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime, message: int) -> HttpResponse:
    """Take an answer back: it is in the composer again where it was written, what was begun there since follows it."""
    said = get_object_or_404(conversation.messages.select_related("conversation"), pk=message)
    undo_send.undo_send(said, by=by, now=now, begun=request.POST.get("text"), grown_from=_grown_from(request))
    assert request.resolver_match
    return redirect("inbox:conversation", request.resolver_match.kwargs["view"], undo_send.written_in(said).number)


@act
def like_it(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime, message: int) -> None:
    """Like what was said in public, or take that back."""
    said = get_object_or_404(conversation.messages.select_related("conversation__channel"), pk=message)
    moderate.like(said, on=bool(request.POST.get("on")), by=by, now=now)


@act
def hide_it(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime, message: int) -> None:
    """Hide from the public what was said there, or show it again."""
    said = get_object_or_404(conversation.messages.select_related("conversation__channel"), pk=message)
    moderate.hide(said, on=bool(request.POST.get("on")), by=by, now=now)


@act
def read_it_again(
    request: HttpRequest, conversation: Conversation, by: Agent, now: datetime, message: int
) -> HttpResponse:
    """Read a mail in another charset, or, without one, as it says itself that it is; it is shown as it reads now."""
    said = get_object_or_404(conversation.messages.select_related("conversation"), pk=message)
    read_again(said, request.POST.get("charset", ""), by=by, now=now)
    return _at(request, said)


@act
def always_show_pictures(
    request: HttpRequest, conversation: Conversation, by: Agent, now: datetime, message: int
) -> HttpResponse:
    """Show the pictures of its sender always, or only when somebody asks for them."""
    said = get_object_or_404(conversation.messages.select_related("conversation", "sender"), pk=message)
    if request.POST.get("on"):
        pictures.allow(said, by=by, now=now)
    else:
        pictures.stop(said, by=by, now=now)
    return _at(request, said)


def _at(request: HttpRequest, said: Message) -> HttpResponse:
    """The conversation again, at one message."""
    assert request.resolver_match
    here = reverse("inbox:conversation", args=[request.resolver_match.kwargs["view"], said.conversation.number])
    return redirect(f"{here}?at={said.pk}")


@login_required
@require_POST
def keep_draft(request: HttpRequest, view: str, number: int) -> HttpResponse:
    """Keep what he is writing, while he writes it: here, or where what he writes in is part of by now.

    409 if it was not kept: he has sent something meanwhile, or may not write there. 200, with what he wrote elsewhere
    and the version of both together, if that was not known here.
    """
    conversation, mode = conversation_of(request, number), request.POST.get("mode", "")
    if mode not in Mode.values:
        return HttpResponse(status=400)
    text, seen = request.POST.get("text", ""), _whole(request.POST.get("seen_from"))
    beside, by, now = _beside(request) if mode == Mode.REPLY else {}, agent_of(request), timezone.now()
    known: dict[str, Any] = {"grown_from": _grown_from(request), "version": request.POST.get("version", "")}
    try:
        kept = drafts.keep(conversation, Mode(mode), text, beside=beside, seen_up_to=seen, by=by, now=now, **known)
    except MergedAway:
        carried = carry_over(conversation, Mode(mode), text, beside=beside, by=by, now=now)
        return HttpResponse(status=204 if carried else 409)
    if kept and kept.unknown is not None:
        return JsonResponse(kept._asdict())
    return HttpResponse(status=204 if kept else 409)


DECISIONS = {"arrived": settle.it_arrived, "again": settle.send_again, "discard": settle.discard}


@act
def decide_likeness(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> str:
    """Whether two customers are one person."""
    mine = {likeness.pk: likeness for likeness in customers.likenesses_of(conversation.customer, by)}
    likeness = mine.get(_whole(request.POST.get("likeness")))
    if likeness is None:
        raise Http404
    if request.POST.get("decision") == "one":
        customers.are_one(likeness, by=by, now=now)
        return _("They are one customer now. It can be undone on the customer's page.")
    customers.are_two(likeness, by=by, now=now)
    return _("They stay two customers.")


@act
def decide(request: HttpRequest, conversation: Conversation, by: Agent, now: datetime) -> None:
    """It arrived, send it again, or give it up."""
    delivery = get_object_or_404(Delivery, conversation=conversation, pk=_whole(request.POST.get("delivery")))
    verb = DECISIONS.get(request.POST.get("decision", ""))
    if verb is None:
        raise Invalid
    verb(delivery, by=by, now=now)


def _state(value: str) -> State:
    if value not in State.values:
        raise Invalid
    return State(value)


def _whole(value: str | None) -> int:
    """A number from a form. Raise Invalid for anything else."""
    if not value or not value.isdecimal() or len(value) > 18:
        raise Invalid
    return int(value)


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise Invalid from error
