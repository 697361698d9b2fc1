"""Looking people and posts up, and what became of them."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors import meter
from connectors.contract import Person, Verb
from connectors.errors import TryLater
from connectors.sandbox.x.server import XServer
from connectors.twitter.connector import X
from tests.connectors.http_server import http_server
from tests.connectors.twitter.conftest import Clock


def test_people_are_named_and_who_is_gone_is_left_out(x: XServer, acme: X) -> None:
    carla, max_ = x.account("carla"), x.account("max")
    x.suspend("max")
    with meter.listening() as heard:
        found = acme.people([carla.id, max_.id, "not a number"])
    assert found == {carla.id: Person(address=carla.id, name="Carla (@carla)")}
    assert heard.things == {"user_read": {carla.id}}
    assert acme.people([]) == {}


def test_a_post_is_shown_with_its_words(x: XServer, acme: X) -> None:
    ours, hers = x.post("acme", "We are open"), x.post("carla", "so & so")
    with meter.listening() as heard:
        shown = acme.post(hers.id)
        own = acme.post(ours.id)
    assert shown is not None
    assert own is not None
    assert (shown.reference, shown.author, shown.text) == (hers.id, "", "so & so")
    assert shown.link == f"https://x.com/i/web/status/{hers.id}"
    assert own.author == "@acme"
    assert heard.things == {"post_read": {ours.id, hers.id}}


@pytest.mark.parametrize("strict", [True, False])
def test_a_post_that_is_gone_is_not_shown(x: XServer, acme: X, strict: bool) -> None:
    hers = x.post("carla", "so & so")
    x.delete(hers.id)
    x.rule(missing_is_404=strict)
    assert acme.post(hers.id) is None


def test_deleted_and_edited_posts_are_told_and_the_others_left_out(x: XServer, acme: X, clock: Clock) -> None:
    kept, gone, changed = (x.post("carla", f"@acme {word}") for word in ("kept", "gone", "chaneged"))
    x.delete(gone.id)
    x.edit(changed.id, "@acme changed")
    now = clock.now
    with meter.listening() as heard:
        first, second = acme.rechecked([kept.id, gone.id, changed.id], now)
    assert (first.provider_id, first.verb, first.at) == (gone.id, Verb.DELETED, now)
    assert (second.provider_id, second.verb, second.text) == (changed.id, Verb.EDITED, "@acme changed")
    assert second.said is not None
    assert len(heard.things["post_read"]) == 3  # two, and the newer version of one
    assert acme.rechecked([], clock.now) == []


def test_an_edit_of_long_ago_is_not_told_again(x: XServer, signed: X, clock: Clock) -> None:
    changed = x.post("carla", "@acme chaneged")
    x.edit(changed.id, "@acme changed")
    clock.ahead += 3 * 24 * 3600
    assert signed.rechecked([changed.id], clock.now) == []


def test_an_error_of_another_kind_is_no_deletion(clock: Clock, allow_plain: Callable[..., None]) -> None:
    gone = {"resource_id": "11", "type": "https://api.twitter.com/2/problems/resource-not-found"}
    odd = {"resource_id": "10", "type": "https://api.twitter.com/2/problems/operational-disconnect"}
    with http_server(allow_plain) as script:
        script.body = json.dumps({"errors": [odd, gone]}).encode()
        connector = X(user_id="1", access_token="a", base=script.base)
        changes = connector.rechecked(["10", "11", "12"], clock.now)
    assert [change.provider_id for change in changes] == ["11"]


def test_whole_pages_of_failures_delete_nothing(x: XServer, acme: X, clock: Clock) -> None:
    post = x.post("carla", "@acme hello")
    x.misbehave(answer="500 HTML")
    with pytest.raises(TryLater):
        acme.rechecked([post.id], clock.now)
    x.misbehave(answer="200 not JSON")
    with pytest.raises(TryLater):
        acme.rechecked([post.id], clock.now)


def test_private_is_offered_only_to_who_takes_messages(x: XServer, acme: X) -> None:
    carla = Person(address=x.account("carla").id)
    x.receive_messages_of("carla", everybody=False)
    assert not acme.may_write_to(carla, "5")
    x.receive_messages_of("carla", everybody=True)
    assert acme.may_write_to(carla, "5")
    assert acme.private_thread(carla) == f"dm:{carla.address}"
    assert not acme.may_write_to(replace(carla, address="999"), "5")


def test_an_answer_under_our_post_is_hidden_and_shown_again(x: XServer, acme: X) -> None:
    ours = x.post("acme", "We are open")
    hers = x.post("carla", "buy my coins", in_reply_to=ours.id)
    for on in (True, True, False):
        acme.hide(hers.id, on=on)
        assert x.thread(ours.id)[1].hidden is on
