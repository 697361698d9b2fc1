"""From a customer's first mail to our answer and back: real IMAP, real SMTP, over TCP."""

from email.message import EmailMessage

import pytest
from django.utils import timezone

from connectors.sandbox.mail.log import Accepted
from inbox.desk.settle import send_again
from inbox.inbound.release import release
from inbox.models import Conversation, Delivery, DeliveryState, Direction, Item, Message, Outcome
from inbox.permissions import visible_to
from tests.journeys.mailroom import (
    CARLA,
    Company,
    answer_to,
    collect,
    dispatch,
    ledger_difference,
    letter,
    outcomes,
    parsed,
    states,
    texts,
)

pytestmark = pytest.mark.dovecot


def answered(company: Company) -> tuple[Conversation, EmailMessage, Message, EmailMessage]:
    """Carla wrote and ada's answer has arrived: the conversation, her mail, ada's message, and it as it arrived."""
    channel = company.mailbox()
    first = letter()
    company.writes(channel, first)
    collect(channel)
    conversation = Conversation.objects.get()
    ours = company.answers(conversation)
    dispatch()
    (arrived,) = company.arrived()
    return conversation, first, ours, arrived


def test_a_first_mail_opens_a_conversation_of_the_team_whose_mailbox_it_is(company: Company) -> None:
    channel = company.mailbox()
    company.writes(channel, letter("The lamp arrived broken.", Subject="A broken lamp"))
    assert collect(channel) == 1
    conversation = Conversation.objects.get()
    assert (conversation.subject, conversation.state, conversation.team) == ("A broken lamp", "open", company.support)
    assert conversation.address.value == CARLA
    assert ledger_difference() == 0


def test_our_answer_arrives_once_and_names_the_mail_that_it_answers(company: Company) -> None:
    _, first, ours, arrived = answered(company)
    assert arrived["In-Reply-To"] == first["Message-ID"]
    assert first["Message-ID"] in arrived["References"].split()
    assert "We will send you a new one." in arrived.get_body().get_content()  # type: ignore[union-attr]  # a mail without a body fails the test
    assert states(ours) == [DeliveryState.SENT]
    dispatch()
    assert len(company.arrived()) == 1


def test_the_answer_goes_to_her_and_nobody_else(company: Company) -> None:
    answered(company)
    (accepted,) = company.street.log()
    assert isinstance(accepted, Accepted)
    assert accepted.recipients == (CARLA,)


def test_her_answer_by_references_alone_joins(company: Company) -> None:
    conversation, _, _, arrived = answered(company)
    company.writes(conversation.channel, answer_to(arrived, To=conversation.channel.address))
    collect(conversation.channel)
    assert texts(conversation) == ["The lamp arrived broken.", "We will send you a new one.", "It is the red one."]
    conversation.refresh_from_db()
    assert conversation.state == "open"


def test_her_answer_by_the_address_with_our_token_alone_joins(company: Company) -> None:
    conversation, _, _, arrived = answered(company)
    company.writes(conversation.channel, letter("It is the red one.", To=arrived["Reply-To"], Subject="hello"))
    collect(conversation.channel)
    assert texts(conversation)[-1] == "It is the red one."
    assert Conversation.objects.count() == 1


def test_a_stranger_with_our_token_opens_a_conversation_of_his_own(company: Company) -> None:
    conversation, _, _, arrived = answered(company)
    company.writes(
        conversation.channel, letter("I am not Carla.", sender="stranger@example.org", To=arrived["Reply-To"])
    )
    collect(conversation.channel)
    assert conversation.messages.count() == 2
    assert Conversation.objects.count() == 2


def test_a_long_exchange_stays_one_conversation(company: Company) -> None:
    conversation, _, _, arrived = answered(company)
    for turn in range(4):
        company.writes(conversation.channel, answer_to(arrived, f"And {turn}?"))
        collect(conversation.channel)
        company.answers(conversation, f"Yes, {turn}.")
        dispatch()
        arrived = company.arrived()[-1]
    assert Conversation.objects.count() == 1
    assert texts(conversation)[2:] == [said for turn in range(4) for said in (f"And {turn}?", f"Yes, {turn}.")]
    assert len(company.arrived()) == 5


def test_our_own_copy_in_sent_is_no_second_message(company: Company) -> None:
    conversation, _, ours, _ = answered(company)
    collect(conversation.channel)
    assert outcomes(conversation.channel) == [Outcome.MESSAGE, Outcome.RECEIPT]
    assert conversation.messages.count() == 2
    assert states(ours) == [DeliveryState.SENT]


def test_an_answer_from_another_mail_program_appears_as_ours(company: Company) -> None:
    channel = company.mailbox()
    first = letter(To=channel.address)
    company.writes(channel, first)
    company.writes(channel, answer_to(first, "Done by phone.", From=channel.address, To=CARLA), folder="Sent")
    collect(channel)
    elsewhere = Message.objects.get(text__contains="Done by phone.")
    assert (elsewhere.direction, elsewhere.author) == (Direction.OUTGOING, None)
    assert elsewhere.conversation == Conversation.objects.get()
    dispatch()
    assert not list(company.street.log())


def test_a_bounce_marks_the_delivery_and_the_conversation_needs_us_again(company: Company) -> None:
    conversation, _, ours, arrived = answered(company)
    company.writes(conversation.channel, bounce_of(arrived))
    collect(conversation.channel)
    assert sorted(outcomes(conversation.channel)) == [Outcome.BOUNCE, Outcome.MESSAGE, Outcome.RECEIPT]
    assert states(ours) == [DeliveryState.FAILED]
    conversation.refresh_from_db()
    assert conversation.state == "open"
    assert ours.deliveries.get().results.get().code == "5.1.1"


def test_our_copy_that_is_seen_after_the_bounce_does_not_call_it_sent(company: Company) -> None:
    conversation, _, ours, arrived = answered(company)
    company.writes(conversation.channel, bounce_of(arrived), at=timezone.now().timestamp() - 60)
    collect(conversation.channel)
    assert outcomes(conversation.channel) == [Outcome.MESSAGE, Outcome.BOUNCE, Outcome.RECEIPT]
    assert states(ours) == [DeliveryState.FAILED]


def test_what_failed_can_be_sent_again_by_hand(company: Company) -> None:
    conversation, _, ours, arrived = answered(company)
    company.writes(conversation.channel, bounce_of(arrived))
    collect(conversation.channel)
    send_again(Delivery.objects.get(message=ours), by=company.ada, now=timezone.now())
    dispatch()
    first, second = company.street.arrived(CARLA)
    assert first.raw == second.raw
    assert states(ours) == [DeliveryState.SENT]


def test_a_refused_recipient_is_told_with_the_servers_words(company: Company) -> None:
    channel = company.mailbox()
    company.writes(channel, letter())
    collect(channel)
    ours = company.answers(Conversation.objects.get())
    company.street.misbehave(recipients={CARLA: "550 5.1.1 no such mailbox"})
    dispatch()
    assert states(ours) == [DeliveryState.FAILED]
    assert "no such mailbox" in str(ours.deliveries.get().error)
    assert not company.arrived()


def test_mail_in_junk_waits_in_quarantine_until_a_person_lets_it_in(company: Company) -> None:
    channel = company.mailbox()
    company.writes(channel, letter("Is this the right address?"), folder="Junk")
    collect(channel)
    item = Item.objects.get()
    assert (item.outcome, Message.objects.count()) == (Outcome.QUARANTINE, 0)
    release(item, by=company.sam, now=timezone.now())
    item.refresh_from_db()
    assert item.outcome == Outcome.MESSAGE
    assert texts(Conversation.objects.get()) == ["Is this the right address?"]
    assert ledger_difference() == 0


def test_the_same_mail_in_two_mailboxes_is_one_conversation_that_both_teams_may_read(company: Company) -> None:
    first, second = company.mailbox(company.support), company.mailbox(company.sales)
    both = letter(To=f"{first.address}, {second.address}").as_bytes()
    for channel in (first, second):
        company.dovecot.lmtp(both, [channel.address])
        collect(channel)
    assert (outcomes(first), outcomes(second)) == ([Outcome.MESSAGE], [Outcome.DUPLICATE])
    conversation = Conversation.objects.get()
    assert visible_to(company.ada).get() == visible_to(company.max).get() == conversation
    assert ledger_difference() == 0


def test_delivered_in_one_go_to_both_mailboxes_it_is_still_one_conversation(company: Company) -> None:
    first, second = company.mailbox(company.support), company.mailbox(company.sales)
    company.dovecot.lmtp(letter().as_bytes(), [first.address, second.address])
    for channel in (second, first):
        collect(channel)
    assert (outcomes(second), outcomes(first)) == ([Outcome.MESSAGE], [Outcome.DUPLICATE])
    assert Conversation.objects.count() == 1


def test_the_raw_mail_of_every_answer_is_what_was_frozen(company: Company) -> None:
    _, _, ours, _ = answered(company)
    (accepted,) = company.street.log()
    assert parsed(accepted)["X-Otvet-Delivery"] == ours.deliveries.get().provider_id


def bounce_of(ours: EmailMessage) -> bytes:
    """What the receiving mail server writes when there is nobody of that name (RFC 3464)."""
    head = (
        "From: MAILER-DAEMON@mx.example.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <bounce.1@mx.example.com>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=report"\r\n\r\n'
    )
    parts = (
        "Content-Type: text/plain\r\n\r\nNo such user.\r\n",
        (
            "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
            f"Final-Recipient: rfc822; {CARLA}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        ),
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {ours['Message-ID']}\r\nTo: {CARLA}\r\n",
    )
    return (head + "".join(f"--=report\r\n{part}\r\n" for part in parts) + "--=report--\r\n").encode()
