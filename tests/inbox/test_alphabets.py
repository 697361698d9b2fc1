"""One word in two alphabets: what sounds the same is the same name, however it is written."""

import pytest

from inbox.alphabets import as_heard, begins


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Саша", "Sasha"),
        ("Юлия", "Yulia"),
        ("Юлия", "Juliia"),
        ("Сергей", "Sergey"),
        ("Евгений", "Yevgeny"),
        ("Фёдор", "Fyodor"),
        ("Щукин", "Shchukin"),
        ("Хабаров", "Khabarov"),
        ("Цой", "Tsoi"),
        ("Анна", "Ana"),
        ("Макс", "Max"),
        ("Жанна Вульф", "Zhanna Wulf"),
        ("Ольга", "Olga"),
        ("Рене", "René"),
        ("Йод", "йод"),
    ],
)
def test_a_name_sounds_the_same_in_both(cyrillic: str, latin: str) -> None:
    assert as_heard(cyrillic) == as_heard(latin)


def test_other_names_sound_otherwise() -> None:
    names = ["Ada", "Sam", "Max", "Kim", "Carla", "Саша", "Маша", "Даша", "Паша", "Вася", "Вова"]
    assert len({as_heard(name) for name in names}) == len(names)


def test_what_has_no_sound_begins_no_name() -> None:
    assert begins("са", "Sam")
    assert not begins("ь", "Sam")
