"""Naming colleagues: only those who may read it are offered, each written so that nobody else is meant."""

import pytest

from inbox.desk.naming import colleagues
from inbox.desk.note import note
from inbox.desk.people import new_agent
from inbox.models import Conversation, Membership, Notice, NoticeKind, Role
from tests.inbox.desk_of_five import Desk, browser


def offered(desk: Desk, conversation: Conversation, words: str) -> list[tuple[str, str]]:
    return [(agent.name, written) for agent, written in colleagues(conversation, words, to=desk.ada, most=8)]


def test_who_may_not_read_it_is_not_offered_nor_oneself_nor_who_has_left(desk: Desk) -> None:
    conversation = desk.problem()
    assert offered(desk, conversation, "") == [("Max", "@max"), ("Sam", "@sam")]
    type(desk.max).objects.filter(pk=desk.max.pk).update(is_active=False, switched_off_at=desk.clock)
    assert offered(desk, conversation, "") == [("Sam", "@sam")]
    note(conversation, "@kim", by=desk.ada, now=desk.later())
    assert offered(desk, conversation, "") == [("Kim", "@kim"), ("Sam", "@sam")]


@pytest.mark.parametrize(
    ("words", "names"), [("sa", ["Sam"]), ("AM", ["Sam"]), ("max@", ["Max"]), ("zz", []), ("\0", [])]
)
def test_they_are_found_by_name_and_by_address(desk: Desk, words: str, names: list[str]) -> None:
    expected = names or (["Max", "Sam"] if words == "\0" else [])
    assert [name for name, _written in offered(desk, desk.problem(), words)] == expected


@pytest.mark.parametrize(
    ("words", "names"),
    [("са", ["Sam", "Саша"]), ("sash", ["Саша"]), ("ЩЕ", ["Щербакова Юлия"]), ("ыфь", ["Sam"]), ("cfif", ["Саша"])],
)
def test_they_are_found_in_either_alphabet_and_on_either_layout(desk: Desk, words: str, names: list[str]) -> None:
    for number, name in enumerate(["Саша", "Щербакова Юлия"]):
        other = new_agent(name=name, email=f"{number}@example.com", by=None, now=desk.clock)
        Membership.objects.create(agent=other, team=desk.team, role=Role.AGENT)
    assert [name for name, _written in offered(desk, desk.problem(), words)] == names


@pytest.mark.parametrize("email", ["sam@example.org", "sam.b@example.com"])
def test_where_the_short_name_would_mean_two_or_half_of_it_the_address_is_written(desk: Desk, email: str) -> None:
    conversation = desk.problem()
    other = new_agent(name="Sam", email=email, by=None, now=desk.clock)
    Membership.objects.create(agent=other, team=desk.team, role=Role.AGENT)
    for agent, written in colleagues(conversation, "sam", to=desk.ada, most=8):
        note(conversation, f"{written} look", by=desk.ada, now=desk.later())
        told = Notice.objects.filter(kind=NoticeKind.MENTIONED, conversation=conversation)
        assert [notice.agent for notice in told] == [agent]
        told.delete()


def test_who_is_named_is_marked_in_the_thread_and_nothing_else_is(desk: Desk) -> None:
    conversation = desk.problem()
    text = "@Sam and @nobody, see https://example.com/@sam <b>@max@example.com</b>"
    said = note(conversation, text, by=desk.ada, now=desk.later())
    assert said.details["mentioned"] == ["max@example.com", "sam"]
    page = browser(desk.ada).get(f"/c/open/{conversation.number}/").content.decode()
    assert '<span class="mention">@Sam</span> and @nobody' in page
    assert 'href="https://example.com/@sam"' in page
    assert '&lt;b&gt;<span class="mention">@max@example.com</span>&lt;/b&gt;' in page


def test_the_list_in_the_composer_is_of_those_who_are_called_so(desk: Desk) -> None:
    conversation = desk.problem()
    shown = browser(desk.ada).get(f"/c/open/{conversation.number}/people/?q=s").content.decode()
    assert 'data-put="@sam "' in shown
    assert "@max" not in shown
    assert "Kim" not in browser(desk.ada).get(f"/c/open/{conversation.number}/people/").content.decode()
