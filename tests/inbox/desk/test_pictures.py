"""The pictures of a sender are always shown where somebody has said so, and nobody can borrow that by naming him."""

import pytest

from connectors.contract import Authentication, Person
from inbox.desk.pictures import Pictures, allow, pictures_of, stop
from inbox.desk.spam import block, unblock
from inbox.errors import Invalid, NotAllowed
from inbox.models import Activity, Address, Message
from tests.inbox.desk_of_five import CARLA, Desk, answer_to, mentions, reference_of

PASS = Authentication(dmarc="pass", server="mx.example.com")
ALLOWED, STOPPED = "pictures_allowed", "pictures_not_allowed"


def mailed(desk: Desk, verdict: str = "pass", *, sender: Person = CARLA, pictures: int = 1) -> Message:
    judged = Authentication(dmarc=verdict, server="mx.example.com")
    said = desk.problem(sender=sender, remote_images=pictures, authentication=judged)
    return said.messages.select_related("sender").get()


def now(message: Message) -> Pictures:
    return pictures_of(Message.objects.select_related("sender").get(pk=message.pk))


def log(desk: Desk) -> list[tuple[str, str]]:
    acts = Activity.objects.filter(verb__startswith="pictures_").order_by("pk")
    return [(act.verb, act.actor.name if act.actor else "") for act in acts.select_related("actor")]


def test_they_are_shown_in_all_his_mails_from_now_on_until_that_is_stopped(desk: Desk) -> None:
    first, other = mailed(desk), mailed(desk, sender=Person(address="eve@example.com", name="Carla"))
    assert now(first) == Pictures.ALLOWABLE
    allow(first, by=desk.ada, now=desk.later())
    later = mailed(desk, sender=Person(address="Carla@Example.com", name="Somebody else"))
    assert (now(first), now(later), now(other)) == (Pictures.SHOWN, Pictures.SHOWN, Pictures.ALLOWABLE)
    stop(later, by=desk.sam, now=desk.later())
    assert (now(first), now(later)) == (Pictures.ALLOWABLE, Pictures.ALLOWABLE)


def test_the_log_tells_who_did_it_once_and_names_no_address(desk: Desk) -> None:
    message = mailed(desk)
    for verb in (allow, allow, stop, stop):
        verb(message, by=desk.ada, now=desk.later())
        message.refresh_from_db()
    assert log(desk) == [(ALLOWED, "Ada"), (STOPPED, "Ada")]
    act = Activity.objects.filter(verb=ALLOWED).get()
    assert act.conversation == message.conversation
    assert act.data == {"message": message.pk, "address": message.sender_id}


@pytest.mark.parametrize("verdict", ["none", "fail"])
def test_what_is_not_proven_to_be_from_him_shows_none(desk: Desk, verdict: str) -> None:
    doubtful = mailed(desk, verdict)
    assert now(doubtful) == Pictures.BLOCKED
    with pytest.raises(Invalid, match="Nobody has proven"):
        allow(doubtful, by=desk.ada, now=desk.later())
    allow(mailed(desk), by=desk.ada, now=desk.later())
    assert now(doubtful) == Pictures.UNPROVEN
    stop(doubtful, by=desk.ada, now=desk.later())
    assert now(doubtful) == Pictures.BLOCKED


def test_while_he_is_blocked_none_are_shown(desk: Desk) -> None:
    message = mailed(desk)
    allow(message, by=desk.ada, now=desk.later())
    block(Address.objects.get(), reason="Spam", by=desk.sam, now=desk.later())
    assert now(message) == Pictures.BLOCKED
    unblock(Address.objects.get(), by=desk.sam, now=desk.later())
    assert now(message) == Pictures.SHOWN


def test_what_has_none_or_is_ours_has_nothing_to_allow(desk: Desk) -> None:
    assert now(mailed(desk, pictures=0)) == Pictures.NONE
    message = mailed(desk)
    elsewhere = answer_to(reference_of(message), to=(CARLA,), remote_images=1, authentication=PASS)
    ours = Message.objects.get(pk=desk.receives(elsewhere, ours=True).message)
    assert now(ours) == Pictures.BLOCKED


def test_who_may_only_read_the_conversation_may_neither_allow_nor_stop_it(desk: Desk) -> None:
    message = mailed(desk)
    desk.ada.memberships.all().delete()
    mentions(message.conversation, desk.ada)
    for verb in (allow, stop):
        with pytest.raises(NotAllowed):
            verb(message, by=desk.ada, now=desk.later())
    assert log(desk) == []
