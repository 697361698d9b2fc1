"""Credentials open only with the right key, in the right place."""

import pytest
from pytest_django import Settings

from inbox import vault
from inbox.connect import connect
from inbox.models import Channel
from tests.inbox.desk_of_five import Desk

OLD, NEW = {"old": b"1" * 32}, {"new": b"2" * 32}


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.INBOX_KEYS = OLD


def test_what_is_sealed_opens_in_its_place() -> None:
    sealed = vault.seal(b"secret", "table:column:1")
    assert vault.unseal(sealed, "table:column:1") == b"secret"
    assert b"secret" not in sealed


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    assert vault.seal(b"secret", "here") != vault.seal(b"secret", "here")


def test_another_key_does_not_open_it(settings: Settings) -> None:
    sealed = vault.seal(b"secret", "here")
    settings.INBOX_KEYS = {"old": b"3" * 32}
    with pytest.raises(vault.WrongKey):
        vault.unseal(sealed, "here")


def test_a_key_that_is_missing_is_named(settings: Settings) -> None:
    sealed = vault.seal(b"secret", "here")
    settings.INBOX_KEYS = NEW
    with pytest.raises(vault.WrongKey, match="'old'"):
        vault.unseal(sealed, "here")


def test_a_ciphertext_that_was_moved_does_not_open() -> None:
    sealed = vault.seal(b"secret", "table:column:1")
    with pytest.raises(vault.WrongKey):
        vault.unseal(sealed, "table:column:2")


@pytest.mark.parametrize("place", range(4, 60, 5))
def test_a_ciphertext_that_was_changed_does_not_open(place: int) -> None:
    sealed = bytearray(vault.seal(b"a secret that is long enough", "here"))
    sealed[place] = ord("A") if sealed[place] != ord("A") else ord("B")
    with pytest.raises(vault.WrongKey):
        vault.unseal(bytes(sealed), "here")


@pytest.mark.parametrize("nonsense", [b"", b"v1", b"v2.old.x.y", b"secret", b"\xff\xfe", b"v1.old.!.!"])
def test_what_was_never_sealed_does_not_open(nonsense: bytes) -> None:
    with pytest.raises(vault.WrongKey):
        vault.unseal(nonsense, "here")


def test_the_newest_key_seals_and_older_ones_still_open(settings: Settings) -> None:
    before = vault.seal(b"secret", "here")
    settings.INBOX_KEYS = NEW | OLD
    after = vault.seal(b"secret", "here")
    assert (vault.key_of(before), vault.key_of(after)) == ("old", "new")
    assert vault.unseal(before, "here") == vault.unseal(after, "here") == b"secret"


def test_the_credentials_of_one_channel_do_not_open_as_anothers(desk: Desk) -> None:
    Channel.objects.filter(pk=desk.channel_elsewhere.pk).update(sealed=bytes(desk.channel.sealed))
    with pytest.raises(vault.WrongKey):
        connect(Channel.objects.get(pk=desk.channel_elsewhere.pk))


def test_the_database_holds_no_password(desk: Desk) -> None:
    sealed = bytes(Channel.objects.get(pk=desk.channel.pk).sealed)
    assert b"secret" not in sealed
    assert "secret" not in repr(connect(desk.channel))
