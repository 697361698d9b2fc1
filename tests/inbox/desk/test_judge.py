"""The guard of rule 1: in every way of sending, and past it only with a reason that is kept and counted."""

import pytest
from django.db import transaction

from connectors.twitter.connector import X
from inbox.desk.begin import begin
from inbox.desk.judge import AgainstGuidelines, Insisting, counted, objections_to, require_courteous_words
from inbox.desk.note import note
from inbox.desk.outside import Told, better_way, log_outside
from inbox.desk.privately import continue_privately
from inbox.desk.reply import Draft, reply
from inbox.desk.undo_send import undo_send
from inbox.models import (
    Activity,
    Channel,
    Conversation,
    Delivery,
    GuidelineCount,
    GuidelineVersion,
    Message,
    Override,
    OverrideReason,
    Team,
)
from tests.inbox.desk_of_five import Desk
from tests.inbox.network import network, public

ELSEWHERE = "Please call our hotline."


def stopping(kind: str = "block") -> GuidelineVersion:
    return GuidelineVersion.objects.filter(kind=kind).earliest("pk")


def says_anew(version: GuidelineVersion, channels: list[Channel], teams: list[Team]) -> None:
    """A newer version of the same guideline, which holds there."""
    newest = version.guideline.versions.latest("number")
    newest.pk, newest.number = None, newest.number + 1
    newest.save()
    newest.channels.set(channels)
    newest.teams.set(teams)


def because(version: GuidelineVersion, reason: str = OverrideReason.LAW, words: str = "The bank's form.") -> Insisting:
    return Insisting(seen=frozenset({version.pk}), reason=reason, words=words)


def counts() -> dict[tuple[int, str], int]:
    rows = GuidelineCount.objects.values_list("version", "what", "times")
    return {(version, what): times for version, what, times in rows}


def test_an_answer_that_sends_him_elsewhere_is_stopped_with_reason_and_better_wording(desk: Desk) -> None:
    conversation = desk.problem()
    with pytest.raises(AgainstGuidelines) as stopped:
        desk.answers(conversation, ELSEWHERE)
    (objection,) = stopped.value.objections
    assert objection.words == "call our hotline"
    assert objection.version.why == "He has already written to us. Do not send him elsewhere."
    assert objection.better == "I pass this on myself and answer you here."
    assert not Delivery.objects.exists()
    assert counts() == {(stopping().pk, ""): 1}


def test_the_better_wording_is_in_the_language_that_was_written(desk: Desk) -> None:
    (objection,) = objections_to("Напишите на почту.", desk.problem())
    assert objection.better.startswith("Я\N{NO-BREAK SPACE}сам передам")


def test_it_is_sent_with_a_reason_and_words_which_stay_on_the_message_and_are_counted(desk: Desk) -> None:
    conversation, version = desk.problem(), stopping()
    message = desk.answers(conversation, ELSEWHERE, insisting=because(version))
    kept = Override.objects.get(message=message)
    assert (kept.version, kept.reason, kept.words, kept.by) == (version, "law", "The bank's form.", desk.ada)
    assert kept.found == "call our hotline"
    assert counts() == {(version.pk, "law"): 1}
    line = Activity.objects.get(verb="guideline_overridden")
    assert (line.actor, line.data["version"], line.data["reason"]) == (desk.ada, version.pk, "law")
    assert "words" not in line.data


@pytest.mark.parametrize(("reason", "words"), [("boredom", "Because"), ("law", "  ")])
def test_a_reason_of_ones_own_or_none_in_words_does_not_do(desk: Desk, reason: str, words: str) -> None:
    conversation = desk.problem()
    with pytest.raises(AgainstGuidelines, match="say in words"):
        desk.answers(conversation, ELSEWHERE, insisting=because(stopping(), reason, words))
    assert not Message.objects.filter(direction="outgoing").exists()


def test_a_reason_counts_only_for_what_was_seen(desk: Desk) -> None:
    conversation = desk.problem()
    with pytest.raises(AgainstGuidelines) as stopped:
        desk.answers(conversation, f"{ELSEWHERE} Calm down.", insisting=because(stopping()))
    assert [each.words for each in stopped.value.objections] == ["call our hotline", "Calm down"]


def test_without_anything_in_the_way_a_reason_is_no_override(desk: Desk) -> None:
    desk.answers(desk.problem(), "We will call you.", insisting=because(stopping()))
    assert not Override.objects.exists()


def test_a_warning_asks_once(desk: Desk) -> None:
    conversation, text = desk.problem(), "You should have read the instructions."
    with pytest.raises(AgainstGuidelines) as asked:
        desk.answers(conversation, text)
    assert str(asked.value) == "Read this once more. If it is meant like that, send it again."
    seen = Insisting(seen=frozenset({stopping("warn").pk}))
    assert desk.answers(conversation, text, insisting=seen).text == text
    assert not Override.objects.exists()


def test_a_suggestion_stops_nobody(desk: Desk) -> None:
    conversation = desk.problem()
    (objection,) = objections_to("You hear from us as soon as possible.", conversation)
    assert (objection.kind, objection.better) == ("prefer", "by 18:00 today")
    desk.answers(conversation, "You hear from us as soon as possible.")


def test_a_note_is_not_judged(desk: Desk) -> None:
    note(desk.problem(), ELSEWHERE, by=desk.ada, now=desk.later())


def test_his_own_words_are_not_ours(desk: Desk) -> None:
    conversation = desk.problem("I was told: call our hotline. Why?")
    desk.answers(conversation, "Sorry that you were told “call our hotline”.")


def test_who_writes_first_is_stopped_and_nothing_is_begun(desk: Desk) -> None:
    conversation = desk.problem()
    before = Conversation.objects.count()
    with pytest.raises(AgainstGuidelines):
        begin(
            conversation.address,
            desk.channel,
            draft=Draft(ELSEWHERE, subject="Your lamp"),
            reason="News",
            by=desk.ada,
            now=desk.later(),
        )
    assert Conversation.objects.count() == before
    assert counts() == {(stopping().pk, ""): 1}


def test_who_goes_on_in_private_is_stopped_and_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    received = desk.receives(public(), channel=network(desk))
    conversation = Conversation.objects.get(pk=received.conversation)
    monkeypatch.setattr(X, "may_write_to", lambda *_: True)
    with pytest.raises(AgainstGuidelines):
        continue_privately(
            conversation,
            Draft(ELSEWHERE),
            by=desk.ada,
            seen_up_to=conversation.last_message,
            seen_in_private=0,
            now=desk.later(),
        )
    assert Conversation.objects.count() == 1
    assert counts() == {(stopping().pk, ""): 1}


def test_his_own_words_may_stand_behind_a_mark_of_quotation_and_nobody_elses(desk: Desk) -> None:
    assert desk.answers(desk.problem(f"They wrote:\r\n{ELSEWHERE}"), f"> {ELSEWHERE}\r\nSorry for that.").pk
    with pytest.raises(AgainstGuidelines):
        desk.answers(desk.problem(), f"> {ELSEWHERE}\r\nAs I said.")


def told(desk: Desk) -> Conversation:
    said = Told(who="Carla", address="+1", where="My WhatsApp", text="My lamp!", happened_at=desk.clock)
    return log_outside(said, team=desk.team, by=desk.ada, now=desk.later())


def test_what_is_given_by_hand_is_judged_but_for_the_sentence_that_the_desk_puts_there(desk: Desk) -> None:
    conversation = told(desk)
    ours = better_way(conversation)
    assert ours
    desk.answers(conversation, f"It is on its way.\n\n{ours}")
    conversation.refresh_from_db()
    with pytest.raises(AgainstGuidelines):
        desk.answers(conversation, f"{ELSEWHERE}\n\n{ours}")


def test_a_guideline_holds_where_it_is_meant_to(desk: Desk) -> None:
    conversation = desk.problem()
    says_anew(stopping(), [desk.channel_elsewhere], [])
    desk.answers(conversation, ELSEWHERE)
    says_anew(stopping(), [desk.channel_elsewhere, desk.channel], [desk.elsewhere])
    conversation.refresh_from_db()
    desk.answers(conversation, ELSEWHERE)
    says_anew(stopping(), [desk.channel_elsewhere, desk.channel], [desk.elsewhere, desk.team])
    conversation.refresh_from_db()
    with pytest.raises(AgainstGuidelines):
        desk.answers(conversation, ELSEWHERE)


def test_an_answer_taken_back_keeps_what_was_said_for_it(desk: Desk) -> None:
    conversation = desk.problem()
    draft = Draft(ELSEWHERE, insisting=because(stopping()))
    message = reply(conversation, draft, by=desk.ada, seen_up_to=conversation.last_message, now=desk.later())
    assert undo_send(message, by=desk.ada, now=desk.later(seconds=1)) == ELSEWHERE
    assert message.overrides.count() == 1


def test_standing_words_are_stopped_where_a_person_would_only_be_asked(desk: Desk) -> None:
    require_courteous_words(["You hear from us as soon as possible.", ""])
    for words in (ELSEWHERE, "By the way, we have a special offer for you."):
        with pytest.raises(AgainstGuidelines):
            require_courteous_words([words])


def test_a_stop_is_counted_once_however_many_transactions_it_undoes(desk: Desk) -> None:
    conversation = desk.problem()
    with pytest.raises(AgainstGuidelines), counted(), transaction.atomic():
        desk.answers(conversation, f"{ELSEWHERE} {ELSEWHERE}")
    assert counts() == {(stopping().pk, ""): 1}
