"""Address lists, well formed and not."""

import pytest

from connectors.contract import Person
from connectors.email import addresses, limits

CARLA = Person(address="carla@example.com", name="Carla Customer")


@pytest.mark.parametrize(
    "value",
    [
        b"Carla Customer <carla@example.com>",
        b'"Carla Customer" <carla@example.com>',
        b"carla@example.com (Carla Customer)",
        b"=?utf-8?q?Carla_Customer?= <carla@example.com>",
        b'"=?utf-8?q?Carla_Customer?=" <carla@example.com>',
        b"Carla Customer<carla@example.com>",
        b"Carla Customer <carla@example.com",
        b"Carla Customer carla@example.com",
        b"Carla Customer < carla@example.com >",
        b"Carla Customer <mailto:carla@example.com>",
        b"Carla Customer <@a.test,@b.test:carla@example.com>",
        b"Carla (the (nested) one) Customer <carla@example.com>",
        b"'Carla Customer' <carla@example.com>",
        b"Carla Customer [carla@example.com]",
    ],
)
def test_one_person_is_found_in_every_form(value: bytes) -> None:
    assert addresses.people(value) == (CARLA,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'"Customer, Carla" <carla@example.com>', [("carla@example.com", "Customer, Carla")]),
        (b"=?utf-8?q?Customer,_Carla?= <carla@example.com>", [("carla@example.com", "Customer, Carla")]),
        (b"a@example.com, b@example.com", [("a@example.com", ""), ("b@example.com", "")]),
        (b"a@example.com; b@example.com;", [("a@example.com", ""), ("b@example.com", "")]),
        (b"undisclosed-recipients:;", []),
        (b"Team: a@example.com, B <b@example.com>;", [("a@example.com", ""), ("b@example.com", "B")]),
        (b'"a \\"b\\" c" <a@example.com>', [("a@example.com", 'a "b" c')]),
        ("Карла <carla@example.com>".encode("koi8-r"), [("carla@example.com", "Карла")]),
        ("карла@пример.рф".encode(), [("карла@пример.рф", "")]),
        (b'"carla@example.com" <carla@example.com>', [("carla@example.com", "carla@example.com")]),
        (b"", []),
        (b"nobody", [("", "nobody")]),
        (b"Pete(A \\) chap) <pete(his account)@example.com(his host)>", [("pete@example.com", "Pete")]),
        (b'<"Carla Customer"@example.com>', [('"Carla Customer"@example.com', "")]),
        (b"carla@[192.0.2.1]", [("carla@[192.0.2.1]", "")]),
        (b"<>", []),
        (b",,,", []),
    ],
)
def test_lists_are_split_before_words_are_decoded(value: bytes, expected: list[tuple[str, str]]) -> None:
    assert [(person.address, person.name) for person in addresses.people(value)] == expected


@pytest.mark.parametrize(
    "value", [b"(" * 50_000, b"<" * 50_000, b'"' * 50_001, b"a- <", b"=x: y;b>", b"\\" * 9_000, b":" * 9_000]
)
def test_hostile_lists_are_read_without_recursion(value: bytes) -> None:
    addresses.people(value)


def test_a_list_of_thousands_is_cut() -> None:
    value = b", ".join(b"u%d@example.com" % number for number in range(5_000))
    assert len(addresses.people(value)) == limits.RECIPIENTS
