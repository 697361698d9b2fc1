"""Passing up is a button of its own in the head, where it may be done."""

from inbox.desk.solve import solve
from inbox.desk.take import take
from inbox.models import Level
from tests.inbox.desk_of_five import Desk, browser

BUTTON = 'data-key="pass_up"'


def test_it_stands_where_there_is_somebody_above_and_gives_it_to_him(desk: Desk) -> None:
    conversation = desk.problem()
    take(conversation, by=desk.ada, now=desk.later())
    ada, place = browser(desk.ada), f"/c/mine~oldest/{conversation.number}/"
    assert BUTTON not in ada.get(place).content.decode()  # of one rung there is no way up
    Level.objects.update_or_create(number=1, defaults={"holder": desk.sam})
    Level.objects.update_or_create(number=2, defaults={"holder": desk.max})
    assert BUTTON in ada.get(place).content.decode()
    assert BUTTON not in browser(desk.sam).get(place).content.decode()  # he may take it over first
    answer = ada.post(f"{place}pass-up/", {"reason": "rights", "note": "She wants her money back."})
    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    conversation.refresh_from_db()
    assert (conversation.owner, conversation.level) == (desk.max, 2)
    assert BUTTON not in browser(desk.max).get(place).content.decode()  # he stands at the top
    solve(conversation, by=desk.max, now=desk.later())
    assert BUTTON not in ada.get(place).content.decode()
