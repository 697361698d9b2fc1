"""What the environment says is a setting, or is refused with a sentence."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.settings import LOG_LEVELS


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("ru", "ru"),
        ("en", "en"),
        ("ru_RU:ru:en", "ru"),
        ("en_US:en", "en"),
        ("de_DE:ru", "ru"),
        ("C", "en"),
        ("", "en"),
    ],
)
def test_a_desktop_and_an_admin_say_the_language_in_one_way(
    written: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", written)
    assert environment.language("LANGUAGE", {"ru", "en"}) == language


def log_level(name: str) -> str:
    return environment.one_of(name, "WARNING", LOG_LEVELS)


def zone(name: str) -> str:
    return environment.zone(name, "UTC")


def web_address(name: str) -> str:
    return environment.web_address(name, "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (log_level, "LOUD"),
        (zone, "Mars"),
        (zone, "/etc/passwd"),
        (web_address, "desk.example.com"),
        (web_address, "https://desk.example.com/desk"),
        (web_address, "ftp://desk.example.com"),
        (environment.redis, "127.0.0.1:6379"),
    ],
)
def test_nonsense_is_refused_by_name(read: Callable[[str], str], written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOSEN", written)
    with pytest.raises(ImproperlyConfigured, match="CHOSEN"):
        read("CHOSEN")


@pytest.mark.parametrize(
    ("read", "written", "meant"),
    [
        (log_level, "info", "INFO"),
        (zone, "Europe/Moscow", "Europe/Moscow"),
        (web_address, "https://desk.example.com/", "https://desk.example.com"),
        (web_address, "http://[::1]:8000", "http://[::1]:8000"),
        (environment.redis, "rediss://:secret@redis.example.com/1", "rediss://:secret@redis.example.com/1"),
        (environment.redis, "", ""),
    ],
)
def test_what_makes_sense_is_taken(
    read: Callable[[str], str], written: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHOSEN", written)
    assert read("CHOSEN") == meant
