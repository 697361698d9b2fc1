"""Search: by number, by word, by person, and only what one may see."""

import pytest

from connectors.contract import Person
from inbox.models import Customer
from inbox.search import find
from tests.inbox.desk_of_five import Desk, mail

LAMPS = "Пришла разбитая лампа, отправьте новую."


def found(desk: Desk, query: str) -> list[int]:
    return [conversation.number for conversation in find(desk.ada, query)]


@pytest.mark.parametrize("written", ["{}", "#{}", " #{} "])
def test_a_number_finds_its_conversation(desk: Desk, written: str) -> None:
    desk.problem("Another")
    conversation = desk.problem()
    assert found(desk, written.format(conversation.number)) == [conversation.number]


@pytest.mark.parametrize("written", ["C-{}", "c-{}", "С-{}", "с-{}"])
def test_a_customers_number_finds_his_conversations_in_either_alphabet(desk: Desk, written: str) -> None:
    one, two = desk.problem("One"), desk.problem("Two")
    desk.problem("Other", sender=Person(address="kim@example.org"))
    assert found(desk, written.format(one.customer.number)) == [two.number, one.number]


@pytest.mark.parametrize("word", ["лампа", "лампы", "лампу", "ЛАМП", "разбитой", "новая", "разбитая лампа"])
def test_a_russian_word_is_found_in_its_other_forms(desk: Desk, word: str) -> None:
    conversation = desk.problem(LAMPS)
    desk.problem("Nothing of the kind")
    assert found(desk, word) == [conversation.number]


@pytest.mark.parametrize("word", ["arrive", "arriving", "LAMPS", "lamp -chair", '"lamp arrived"', "chair or lamp"])
def test_an_english_word_is_found_in_its_other_forms(desk: Desk, word: str) -> None:
    conversation = desk.problem("The lamp arrived broken.", subject="Order")
    desk.problem("Nothing of the kind", subject="Something")
    assert found(desk, word) == [conversation.number]


@pytest.mark.parametrize("query", ["carla", "CARL", "carla@exam", "carla@example.com", "example.co", "Carla Smi"])
def test_a_person_is_found_by_the_beginning_of_name_or_address(desk: Desk, query: str) -> None:
    conversation = desk.problem("Hello")
    Customer.objects.update(name="Carla Smith")
    desk.problem("Hello", sender=Person(address="kim@elsewhere.test", name="Kim"))
    assert found(desk, query) == [conversation.number]


def test_an_organisation_finds_its_people(desk: Desk) -> None:
    conversation = desk.problem("Hello")
    Customer.objects.update(organisation="Ромашка")
    assert found(desk, "ромаш") == [conversation.number]


def test_what_was_quoted_is_found_only_where_it_was_said(desk: Desk) -> None:
    received = desk.receives(mail("new > old lamp", reply_text="new", quoted_text="old lamp", subject=""))
    assert received.conversation
    assert found(desk, "lamp") == []


def test_the_newest_activity_comes_first(desk: Desk) -> None:
    first, second = desk.problem("lamp one"), desk.problem("lamp two")
    desk.answers(first)
    assert found(desk, "lamp") == [first.number, second.number]


@pytest.mark.parametrize("query", ["lamp", "carla", "{number}", "C-{customer}", "carla@example.com"])
def test_nothing_is_found_that_one_may_not_see(desk: Desk, query: str) -> None:
    foreign = desk.problem("lamp", channel=desk.channel_elsewhere)
    own = desk.problem("table", subject="")
    query = query.format(number=foreign.number, customer=foreign.customer.number)
    assert foreign.number not in found(desk, query)
    assert set(found(desk, query)) <= {own.number}


@pytest.mark.parametrize(
    "query",
    [
        *["", "  ", "\x00", "'", "''", '"', "&", "|", "!", ":*", "a & | b", "(", "\\", "%", "-", "🙂", "x" * 5000],
        *["a:b:c", "<->", "#", "#99999999999999999999", "C-", "'; DROP TABLE", "\ud800"],
    ],
)
def test_nothing_that_is_typed_breaks_it(desk: Desk, query: str) -> None:
    desk.problem()
    assert isinstance(found(desk, query), list)
