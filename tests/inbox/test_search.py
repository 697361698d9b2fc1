"""Search: by number, by word, by person, and only what one may see."""

from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from connectors.contract import Person
from inbox import search
from inbox.desk.note import note
from inbox.desk.solve import solve
from inbox.desk.take import take
from inbox.errors import Invalid
from inbox.models import Attachment, Conversation, Customer
from inbox.search import MARKS, Found, find, found_in, said
from tests.benches.plans import Statements
from tests.inbox.desk_of_five import NOW, Desk, mail

IN_BRACKETS = str.maketrans(dict(zip(MARKS, "[]", strict=True)))
LAMPS = "Пришла разбитая лампа, отправьте новую."


def found(desk: Desk, query: str) -> list[int]:
    return [conversation.number for conversation in find(desk.ada, query).rows]


@pytest.mark.parametrize("written", ["{}", "#{}", " #{} "])
def test_a_number_finds_its_conversation(desk: Desk, written: str) -> None:
    desk.problem("Another")
    conversation = desk.problem()
    assert found(desk, written.format(conversation.number)) == [conversation.number]


def test_a_number_that_stands_in_what_was_said_is_found_behind_the_conversation_that_has_it(desk: Desk) -> None:
    numbered = desk.problem("Another")
    saying = [desk.problem(f"My order is {sign}{numbered.number}, and nothing came.") for sign in ("", "+", "-")]
    desk.problem(f"My order is {numbered.number}0.")
    first = find(desk.ada, f"#{numbered.number}", size=2)
    second = find(desk.ada, f"#{numbered.number}", first.after or "", size=2)
    numbers = [row.number for row in [*first.rows, *second.rows]]
    assert numbers == [numbered.number, *(each.number for each in saying[::-1])]
    assert len(said(f"#{numbered.number}", second.rows)) == len(second.rows)
    assert found(desk, "4500012345") == []


def test_the_number_of_a_conversation_one_may_not_see_shows_only_what_one_may(desk: Desk) -> None:
    foreign = desk.problem(channel=desk.channel_elsewhere)
    saying = desk.problem(f"It is about {foreign.number}.")
    assert found(desk, str(foreign.number)) == [saying.number]


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


@pytest.mark.parametrize("query", ["lam", "LAM", "broken lam", "-chair lam", "кабине", "471", "status:open lam"])
def test_while_it_is_typed_the_last_word_is_the_beginning_of_one(desk: Desk, query: str) -> None:
    conversation = desk.problem("The lamp 4711 in the кабинет arrived broken.", subject="")
    desk.problem("Nothing of the kind", subject="")
    assert found(desk, query) == [conversation.number]


def test_what_begins_so_is_found_beside_who_is_called_so(desk: Desk) -> None:
    said_so = desk.problem("The lamp arrived broken.", subject="")
    his = desk.problem("Hello", subject="", sender=Person(address="kim@elsewhere.test", name="Kim Lamarr"))
    assert found(desk, "lam") == [his.number, said_so.number]


@pytest.mark.parametrize("query", ["la", '"lam"', "lam chair", "chair or lam", "lam -broken"])
def test_what_is_meant_as_it_stands_begins_nothing(desk: Desk, query: str) -> None:
    desk.problem("The lamp arrived broken.", subject="A lamp")
    assert not found(desk, query)


def test_a_word_that_is_there_is_no_beginning(desk: Desk) -> None:
    there = desk.problem("It is red.")
    desk.problem("It is reduced.", subject="")
    assert found(desk, "red") == [there.number]


def test_what_begins_so_is_marked(desk: Desk) -> None:
    conversation = desk.problem("The lamp arrived broken.", subject="Two lamps")
    shown = found_in("broken lam", [conversation])[conversation.pk]
    begins, ends = MARKS
    assert f"{begins}lamp{ends} arrived {begins}broken{ends}" in shown.around
    assert shown.subject == f"Two {begins}lamps{ends}"


@pytest.mark.parametrize("query", ["carla", "CARL", "carla@exam", "carla@example.com", "example.co", "Carla Smi"])
def test_a_person_is_found_by_the_beginning_of_name_or_address(desk: Desk, query: str) -> None:
    conversation = desk.problem("Hello")
    Customer.objects.update(name="Carla Smith")
    desk.problem("Hello", sender=Person(address="kim@elsewhere.test", name="Kim"))
    assert found(desk, query) == [conversation.number]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('"red lamp"', {0, 1}),
        ('"RED LAMPS"', {2}),
        ('"grüße für müller"', {3}),
        ('"grüße"', {3}),
        ('"not the"', set()),
        ('"the red lamp"', {0}),
        ('"red lamps" or chair', {2, 4}),
        ('chair or "red lamps" broken', {4}),
        ('lamp -"red lamp"', set()),
        ('"red lamp', {0, 1}),
        ('chair ""', {4}),
    ],
)
def test_words_in_quotation_marks_are_found_as_they_stand(desk: Desk, query: str, wanted: set[int]) -> None:
    texts = ["Is the red lamp here?", "Red, LAMP!", "Two red lamps", "Schöne Grüße für Müller", "The chair"]
    numbers = [desk.problem(text, subject="").number for text in texts]
    assert {numbers.index(number) for number in found(desk, query)} == wanted


def test_what_is_shown_around_exact_words_is_where_they_stand(desk: Desk) -> None:
    conversation = desk.problem("Where is the red lamp?", subject="")
    note(conversation, "He has three red lamps.", by=desk.ada, now=desk.later())
    begins, ends = MARKS
    assert f"Where is the {begins}red{ends} {begins}lamp{ends}" in said('"red lamp"', [conversation])[conversation.pk]


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


@pytest.fixture
def two(desk: Desk) -> tuple[Conversation, Conversation]:
    """Carla's lamp, which ada has and is tagged; the chair of somebody else, in the queue."""
    lamp = desk.problem("The lamp arrived broken.")
    take(lamp, by=desk.ada, now=desk.later())
    Conversation.objects.filter(pk=lamp.pk).update(tags=["glass"])
    chair = desk.problem("The chair, not the lamp", sender=Person(address="guest@elsewhere.test", name="Guest"))
    return lamp, chair


LAMP_ALONE = (
    *(
        "from:carla",
        "-from:guest",
        "owner:me",
        "owner:ada",
        "owner:ад",
        "ведёт:я",
        "tag:glass",
        "-owner:nobody",
        "метка:glass",
    ),
    *("lamp from:carla", "lamp tag:glass", '"lamp arrived" status:open', "number:{lamp}", "номер:#{lamp}"),
)
CHAIR_ALONE = (
    "from:guest",
    'from:"guest@elsewhere"',
    "owner:nobody",
    "-tag:glass",
    "-owner:me lamp",
    '"chair, not the lamp"',
)
BOTH = ("channel:email", "status:open", "team:support", "to:support", "after:2020-01-01", "-has:attachment", "lamp")
NEITHER = ("channel:twitter", "status:solved", "before:2020-01-01", "has:file", "from:nobodyatall", "number:99999")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [(q, {0}) for q in LAMP_ALONE]
    + [(q, {1}) for q in CHAIR_ALONE]
    + [(q, {0, 1}) for q in BOTH]
    + [(q, set()) for q in NEITHER],
)
def test_terms_narrow_what_is_found(
    desk: Desk, two: tuple[Conversation, Conversation], query: str, wanted: set[int]
) -> None:
    numbers = found(desk, query.format(lamp=two[0].number))
    assert set(numbers) == {two[place].number for place in wanted}


def test_what_became_of_it_can_be_asked_for(desk: Desk, two: tuple[Conversation, Conversation]) -> None:
    lamp, chair = two
    solve(lamp, by=desk.ada, now=desk.later())
    note(chair, "He called twice.", by=desk.ada, now=desk.later())
    Attachment.objects.create(
        message=chair.messages.first(),
        name="chair.png",
        media_type="image/png",
        size=1,
        sha256="0" * 64,
        created_at=NOW,
    )
    assert found(desk, "status:solved") == [lamp.number]
    assert found(desk, "статус:решён") == found(desk, "статус:решено") == [lamp.number]
    assert found(desk, "статус:открыт") == [chair.number]
    assert found(desk, "has:note") == [chair.number]
    assert found(desk, "есть:вложение") == [chair.number]
    assert found(desk, "from:ada") == [chair.number]


@pytest.mark.parametrize("query", ["before:yesterdayish", "status:great", "has:hope", "number:ten", "after:2026-13-01"])
def test_a_value_that_says_nothing_is_refused_in_a_sentence(desk: Desk, query: str) -> None:
    with pytest.raises(Invalid, match=query.split(":")[1]):
        find(desk.ada, query)


@pytest.mark.parametrize("query", ["lamp:", "from:", "re: lamp"])
def test_what_is_no_term_of_ours_is_looked_for_as_words(desk: Desk, query: str) -> None:
    desk.problem("re: the lamp", subject="lamp")
    assert len(found(desk, query)) == (0 if query == "from:" else 1)


def test_of_a_common_word_an_old_one_is_found_where_a_term_names_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.search.NEWEST", 2)
    old = desk.problem("lamp", sender=Person(address="guest@elsewhere.test"))
    for _ in range(3):
        desk.problem("lamp")
    assert found(desk, "lamp from:guest") == [old.number]


@pytest.mark.parametrize("query", ['"red lamp"', "{number}"])
def test_exact_words_are_found_however_much_was_said_since(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr("inbox.search.NEWEST", 2)
    numbered = desk.problem("Another")
    old = desk.problem(f"Is the red lamp of {numbered.number} here?", subject="")
    for _ in range(3):
        desk.problem("Nothing of the kind")
    assert old.number in found(desk, query.format(number=numbered.number))


def test_what_was_found_is_marked_where_it_was_said(desk: Desk) -> None:
    conversation = desk.problem("Hello. " * 40 + f"One of the lamps{''.join(MARKS)} <b>arrived</b> broken.")
    words = said("lamp", find(desk.ada, "lamp").rows)[conversation.pk]
    begins, ends = MARKS
    assert f"{begins}lamps{ends}" in words
    assert words.count(begins) == words.count(ends) == 1


@pytest.mark.parametrize(
    ("query", "subject"),
    [
        ("лампы", "Разбитая [лампа] и two red chairs"),
        ("разбитой chair", "[Разбитая] лампа и two red [chairs]"),
        ('"red chairs" or nothing', "Разбитая лампа и two [red] [chairs]"),
        ("лампа -red", "Разбитая [лампа] и two red chairs"),
        ("status:open", ""),
        ("carla", ""),
    ],
)
def test_what_was_found_is_marked_in_the_subject(desk: Desk, query: str, subject: str) -> None:
    conversation = desk.problem("Hello", subject=f"Разбитая лампа и{''.join(MARKS)} two red chairs")
    desk.problem("Hello", subject="")
    shown = found_in(query, [conversation]).get(conversation.pk, Found()).subject
    assert shown.translate(IN_BRACKETS) == subject


@pytest.mark.parametrize(
    ("query", "name", "marked"),
    [
        ("carl", "Carla Smith-Carlson", "[Carl]a Smith-[Carl]son"),
        ("SMI carla", "Carla Smith", "[Carla] [Smi]th"),
        ("carla lamp", "Carla Smith", ""),
        ("lamp from:carla", "Carla Smith", "[Carla] Smith"),
        ("-from:smith lamp", "Carla Smith", ""),
        ("carla@exam", "Carla Smith", "[Carla] Smith"),
        ("carla_s@exam", "", "[carla_s]@[exam]ple.com"),
        ("example", "", "carla_s@[example].com"),
        ("arl", "Carla", ""),
        ("петр", "Пётр Петрович", "Пётр [Петр]ович"),
        ("carla", f"Carla{''.join(MARKS)} Smith", "[Carla] Smith"),
    ],
)
def test_what_was_found_is_marked_in_the_name_or_the_address(desk: Desk, query: str, name: str, marked: str) -> None:
    conversation = desk.problem("Hello", sender=Person(address="carla_s@example.com"))
    Customer.objects.update(name=name)
    conversation = Conversation.objects.get(pk=conversation.pk)
    assert found_in(query, [conversation])[conversation.pk].name.translate(IN_BRACKETS) == marked


def test_to_mark_a_page_takes_two_statements_along_an_index(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(3):
        desk.problem(f"Lamp {n}")
    rows = find(desk.ada, "lamp from:carla").rows
    with django_assert_num_queries(2):
        assert len(found_in("lamp from:carla", rows)) == 3
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {search.SUBJECTS.format(search.WHOLE)}", ["lamp", [row.pk for row in rows]])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan


def test_there_are_pages(desk: Desk) -> None:
    numbers = [desk.problem("lamp").number for _ in range(5)]
    first = find(desk.ada, "lamp", size=3)
    second = find(desk.ada, "lamp", first.after or "", size=3)
    assert [row.number for row in [*first.rows, *second.rows]] == numbers[::-1]
    assert second.after is None


@pytest.mark.parametrize("common", [1, 1000])
def test_a_common_and_a_rare_word_are_found_alike(desk: Desk, monkeypatch: pytest.MonkeyPatch, common: int) -> None:
    monkeypatch.setattr("inbox.search.NEWEST", 2)
    monkeypatch.setattr("inbox.search.COMMON", common)
    numbers = [desk.problem("lamp").number for _ in range(3)]
    assert found(desk, "lamp") == found(desk, "lam") == numbers[:0:-1]


MUCH = """
INSERT INTO inbox_message (conversation_id, direction, key, sender_id, subject, text, reply_text, quoted_text, html,
    remote_images, automatic, language, details, happened_at)
SELECT c.id, 'incoming', gen_random_uuid(), c.address_id, '', '', 'Where is box' || n || ' of order ' || n, '', '', 0,
    '', '', '{}', c.opened_at
FROM inbox_conversation c, generate_series(1, 10000) n WHERE c.id = %s
"""


@pytest.mark.parametrize("query", ["chrysanthemum", "chrysan", "chryso"])
def test_a_rare_word_is_looked_up_and_not_looked_for_along_the_messages(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr("inbox.search.NEWEST", 10)
    desk.problem("A chrysanthemum")
    with connection.cursor() as cursor:
        cursor.execute(MUCH, [desk.problem("Much").pk])
        cursor.execute("ANALYZE inbox_message")
    with Statements().listening() as asked:
        assert len(found(desk, query)) == (query != "chryso")
    along = [sql for sql in asked.seen if "search @@" in sql and "Index Scan Backward" in plan_of(sql, asked.seen[sql])]
    assert along == []


def plan_of(sql: str, values: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", values)
        return "\n".join(line for (line,) in cursor.fetchall())
