"""Guidelines in a browser: below the text that is written, at sending, and on the pages where they are made."""

from typing import Any
from uuid import uuid4

import pytest

from escalation.models import Acknowledgement, Policy
from inbox.models import Activity, Brand, CannedAnswer, Channel, Conversation, Guideline, GuidelineVersion, Override
from tests.inbox.desk_of_five import Desk, browser, mail, reference_of
from tests.inbox.network import direct, network

ELSEWHERE = "Please call our hotline."


def starter() -> GuidelineVersion:
    return GuidelineVersion.objects.earliest("pk")


def sends(desk: Desk, conversation: Conversation, text: str, to: str = "reply/", **more: Any) -> Any:
    conversation.refresh_from_db()
    form = {"text": text, "seen_up_to": str(conversation.last_message), "then": "pending", **more}
    return browser(desk.ada).post(f"/c/open/{conversation.number}/{to}", form)


def fields(version: GuidelineVersion, **more: Any) -> dict[str, Any]:
    said = {
        "name": version.name,
        "kind": version.kind,
        "is_on": "on",
        "phrases": "\n".join(version.phrases),
        "reason": version.reason,
        "better": version.better,
        "after": version.number,
    }
    return {**said, **more}


def test_while_it_is_written_it_says_what_is_wrong_and_what_is_better(desk: Desk) -> None:
    conversation = desk.problem()
    shown = sends(desk, conversation, ELSEWHERE, "courtesy/").content.decode()
    assert "He has already written to us. Do not send him elsewhere." in shown
    assert 'data-better="I pass this on myself and answer you here."' in shown
    assert 'name="override_reason"' in shown
    assert conversation.messages.count() == 1
    assert "Do not send him" not in sends(desk, conversation, "We will call you.", "courtesy/").content.decode()


def test_at_sending_it_stops_keeps_the_text_and_lets_it_out_with_a_reason(desk: Desk) -> None:
    conversation, version = desk.problem(), starter()
    stopped = sends(desk, conversation, ELSEWHERE)
    shown = stopped.content.decode()
    assert stopped.status_code == 409
    assert f"{ELSEWHERE}</textarea>" in shown
    assert f'name="seen" value="{version.pk}"' in shown
    why: dict[str, Any] = {"seen": version.pk, "override_reason": "law", "override_words": "The bank's form"}
    assert sends(desk, conversation, ELSEWHERE, **why).status_code == 302
    thread = browser(desk.sam).get(f"/c/open/{conversation.number}/").content.decode()
    assert "Sent in spite of the guideline “Sending him elsewhere”" in thread
    assert "the law requires it, such as a signed statement: The bank&#x27;s form" in thread


def test_a_reason_without_words_keeps_what_was_chosen(desk: Desk) -> None:
    conversation, version = desk.problem(), starter()
    stopped = sends(desk, conversation, ELSEWHERE, seen=version.pk, override_reason="law")
    shown = stopped.content.decode()
    assert stopped.status_code == 409
    assert "Choose the reason, and say in words" in shown
    assert '<option value="law" selected>' in shown
    assert f"{ELSEWHERE}</textarea>" in shown


def test_what_he_answered_is_kept_when_something_else_stops_it(desk: Desk) -> None:
    conversation, version = desk.problem(), starter()
    why = {"seen": version.pk, "override_reason": "law", "override_words": "The form"}
    desk.receives(mail("And the lamp is red", parents=(reference_of(conversation.messages.get()),)))
    form = {"text": ELSEWHERE, "seen_up_to": conversation.last_message, "then": "pending", **why}
    shown = browser(desk.ada).post(f"/c/open/{conversation.number}/reply/", form).content.decode()
    assert "Something new has come" in shown
    assert 'value="The form"' in shown
    assert f'name="seen" value="{version.pk}"' in shown


def test_a_warning_is_not_answered_by_having_stood_there(desk: Desk) -> None:
    conversation, text = desk.problem(), "You should have read the instructions."
    assert 'name="seen"' not in sends(desk, conversation, text, "courtesy/").content.decode()
    asked = sends(desk, conversation, text)
    assert asked.status_code == 409
    assert "If it is meant like that, send it again." in asked.content.decode()
    warned = GuidelineVersion.objects.get(name="Blame").pk
    assert f'name="seen" value="{warned}"' in asked.content.decode()
    still = sends(desk, conversation, text, "courtesy/", seen=warned).content.decode()
    assert f'name="seen" value="{warned}"' in still
    assert sends(desk, conversation, text, seen=warned).status_code == 302


def test_who_writes_first_keeps_all_he_wrote_and_may_have_a_reason(desk: Desk) -> None:
    conversation, version = desk.problem(), starter()
    number, address = conversation.customer.number, conversation.address.pk
    form = {"channel": desk.channel.pk, "address": address, "subject": "Your lamp", "reason": "News"}
    form |= {"text": ELSEWHERE, "key": str(uuid4())}
    stopped = browser(desk.ada).post(f"/customers/{number}/write/", form)
    shown = stopped.content.decode()
    assert stopped.status_code == 409
    for kept in (f"{ELSEWHERE}</textarea>", 'value="Your lamp"', 'value="News"', "Do not send him elsewhere."):
        assert kept in shown
    why = {"seen": version.pk, "override_reason": "asked", "override_words": "He wants to talk"}
    assert browser(desk.ada).post(f"/customers/{number}/write/", {**form, **why}).status_code == 302
    assert Override.objects.get().reason == "asked"


def test_a_manager_changes_one_and_takes_up_an_earlier_version(desk: Desk) -> None:
    version, max_ = starter(), browser(desk.max)
    page = f"/guidelines/{version.guideline_id}/"
    assert max_.get(page).status_code == 200
    assert max_.post(page, fields(version, reason="Help him here.", channels=[desk.channel.pk])).status_code == 302
    newest = version.guideline.versions.latest("number")
    assert (newest.number, newest.reason, newest.by) == (2, "Help him here.", desk.max)
    assert list(newest.channels.all()) == [desk.channel]
    assert 'value="He has already written to us.' in max_.get(f"{page}?version=1").content.decode()
    late = max_.post(page, fields(version, reason="Mine"))
    assert "Somebody was quicker" in late.content.decode()


def test_a_phrase_that_cannot_be_read_is_named(desk: Desk) -> None:
    answer = browser(desk.max).post("/guidelines/new/", fields(starter(), phrases="hey\nhey ...", after=0))
    assert "A phrase begins and ends with a word that must be there: hey ..." in answer.content.decode()
    assert Guideline.objects.count() == 5


def test_it_is_tried_before_it_is_saved(desk: Desk) -> None:
    max_ = browser(desk.max)

    def tried(**form: Any) -> str:
        return max_.post("/guidelines/try/", form).content.decode()

    assert "Nothing is against it." in tried(tried="Hey you", phrases="ho", kind="block", reason="No.")
    assert "<b>No.</b>" in tried(tried="Hey you", phrases="hey", kind="block", reason="No.")
    assert "Nothing is against it." in tried(tried="Hey you", phrases="hey", passes="hey you", kind="block")
    assert "no word: {fax}" in tried(tried="Hey you", phrases="{fax}", kind="block")
    assert "Do not send him elsewhere." in tried(tried=ELSEWHERE)
    assert "Nothing is against it." in tried(tried="We will call you.")


def test_how_often_it_stopped_and_why_it_was_overridden_stands_on_its_page(desk: Desk) -> None:
    conversation, version = desk.problem(), starter()
    sends(desk, conversation, ELSEWHERE)
    sends(desk, conversation, ELSEWHERE)
    sends(desk, conversation, ELSEWHERE, seen=version.pk, override_reason="law", override_words="The form")
    for path in ("/guidelines/", f"/guidelines/{version.guideline_id}/"):
        shown = browser(desk.max).get(path).content.decode()
        assert "stopped 2 times, overridden 1 time" in shown
        assert "1 × the law requires it, such as a signed statement" in shown


def test_an_agent_reads_them_without_counts_and_changes_none(desk: Desk) -> None:
    ada = browser(desk.ada)
    shown = ada.get("/guidelines/").content.decode()
    assert "Sending him elsewhere" in shown
    assert "stopped" not in shown
    for path in ("/guidelines/new/", f"/guidelines/{starter().guideline_id}/"):
        assert ada.get(path).status_code == 403
        assert ada.post(path, fields(starter())).status_code == 403


@pytest.mark.parametrize(("signature", "status"), [("Your friends", 302), ("Questions? Call our hotline.", 200)])
def test_a_signature_is_judged_when_it_is_saved(desk: Desk, signature: str, status: int) -> None:
    brand = desk.channel.brand
    answer = browser(desk.kim).post(f"/people/brands/{brand.pk}/", {"name": brand.name, "signature": signature})
    assert answer.status_code == status
    written = Activity.objects.filter(verb="brand_changed", actor=desk.kim, data__brand=brand.pk)
    assert written.exists() == (status == 302)


def test_a_text_with_which_we_write_first_is_judged_while_it_is_written(desk: Desk) -> None:
    number, text = desk.problem().customer.number, {"text": "Please call our hotline!", "channel": str(desk.channel.pk)}
    judged = browser(desk.ada).post(f"/customers/{number}/courtesy/", text)
    assert "Do not send him elsewhere" in judged.content.decode()
    subject = {**text, "text": "It is here.", "subject": "Please call our hotline"}
    judged = browser(desk.ada).post(f"/customers/{number}/courtesy/", subject)
    assert "Do not send him elsewhere" in judged.content.decode()
    fine = browser(desk.ada).post(f"/customers/{number}/courtesy/", {**text, "text": "Your lamp is back."})
    assert "elsewhere" not in fine.content.decode()
    for channel in (str(desk.channel_elsewhere.pk), "", "none"):
        assert browser(desk.ada).post(f"/customers/{number}/courtesy/", {**text, "channel": channel}).status_code == 404
    assert browser(desk.kim).post(f"/customers/{number}/courtesy/", text).status_code == 404


def test_a_guideline_that_is_saved_names_the_standing_words_it_is_against(desk: Desk) -> None:
    Brand.objects.update(signature="Cheers, your friends")
    everybodys = {"text": "Cheers! Your lamp is on its way.", "changed_at": desk.clock}
    CannedAnswer.objects.create(name="On its way", **everybodys)
    CannedAnswer.objects.create(name="My secret", owner=desk.ada, **everybodys)
    CannedAnswer.objects.create(name="Repaired", text="Your lamp is back.", changed_at=desk.clock)
    Acknowledgement.objects.create(channel=desk.channel, words="Cheers, it is here.")
    Channel.objects.filter(pk=desk.channel_elsewhere.pk).update(signature="Cheers, the shop")
    Policy.objects.create(name="Lamps", words_ru="Cheers!")

    def saved(**more: Any) -> str:
        form = fields(starter(), **{"name": "Tone", "phrases": "cheers", "after": 0, **more})
        return browser(desk.max).post("/guidelines/new/", form, follow=True).content.decode()

    shown = saved()
    where = "the signature of Example, the signature of sales@example.com, an answer of Ada&#x27;s own,"
    where += " the canned answer “On its way”"
    assert f"{where}, the acknowledgement of support@example.com, the policy “Lamps”." in shown
    assert "Repaired" not in shown
    assert "It is against words that are already in use" not in saved(phrases="bye")
    assert "It is against words that are already in use" not in saved(kind="prefer")
    assert "It is against words that are already in use" not in saved(is_on="")


def test_a_guideline_of_some_channels_and_teams_is_against_no_words_that_are_said_elsewhere(desk: Desk) -> None:
    x = network(desk)
    for name, channel in (("Example", desk.channel), ("Elsewhere", desk.channel_elsewhere), ("Silent", x)):
        channel.brand, _made = Brand.objects.update_or_create(name=name, defaults={"signature": "Cheers"})
        channel.save(update_fields=["brand"])
        Acknowledgement.objects.create(channel=channel, words="Cheers, it is here.")
    for name, team in (("Support's", desk.team), ("Sales'", desk.elsewhere), ("All's", None)):
        CannedAnswer.objects.create(name=name, team=team, text="Cheers!", changed_at=desk.clock)
    Policy.objects.create(name="Everywhere", words="Cheers!")
    Policy.objects.create(name="There", words="Cheers!").channels.set([desk.channel_elsewhere])

    def accused(**more: Any) -> str:
        form = fields(starter(), **{"name": "Tone", "phrases": "cheers", "after": 0, **more})
        shown = browser(desk.max).post("/guidelines/new/", form, follow=True).content.decode()
        return shown.replace("&#x27;", "'").partition("already in use: ")[2].partition(". Ask")[0]

    answers = "the canned answer “All's”, the canned answer “Sales'”, the canned answer “Support's”"
    acknowledged = "the acknowledgement of support@example.com"
    policy = "the policy “Everywhere”"
    assert accused(channels=[desk.channel.pk]) == f"the signature of Example, {answers}, {acknowledged}, {policy}"
    assert accused(channels=[x.pk]) == f"{answers}, the acknowledgement of @example, {policy}"
    named = accused(teams=[desk.elsewhere.pk])
    assert "the signature of Elsewhere, the signature of Example, the canned answer “All's”" in named
    assert "“Sales'”" in named
    assert "Support's" not in named
    assert "Silent" not in named


def test_the_signature_is_judged_with_each_answer(desk: Desk) -> None:
    Brand.objects.update(signature="Or call our hotline.")
    conversation, version = desk.problem(), starter()
    shown = sends(desk, conversation, "We will help.", "courtesy/").content.decode()
    assert "It stands in the signature" in shown
    assert 'data-do="better"' not in shown
    stopped = sends(desk, conversation, "We will help.")
    assert stopped.status_code == 409
    assert "It stands in the signature" in stopped.content.decode()
    why: dict[str, Any] = {"seen": version.pk, "override_reason": "law", "override_words": "It is changed today"}
    assert sends(desk, conversation, "We will help.", **why).status_code == 302


def test_a_signature_that_does_not_go_along_is_not_judged(desk: Desk) -> None:
    Brand.objects.update(signature="Or call our hotline.")
    received = desk.receives(direct(), channel=network(desk))
    conversation = Conversation.objects.get(pk=received.conversation)
    assert sends(desk, conversation, "We will help.").status_code == 302
