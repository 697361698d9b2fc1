"""After a rotation nothing needs the old key any more."""

from django.core.management import call_command
from pytest_django import Settings

from config.management.commands.rotate_keys import Command
from inbox.connect import connect, open_app, push_sender
from inbox.models import Channel, ProviderApp
from tests.inbox.desk_of_five import NOW, five
from tests.inbox.network import network

OLD, NEW = {"old": b"1" * 32}, {"new": b"2" * 32}


def test_channels_apps_and_our_own_key_are_sealed_with_the_newest_key(db: None, settings: Settings) -> None:
    settings.INBOX_KEYS = OLD
    network(five())
    known = push_sender(NOW)
    settings.INBOX_KEYS = NEW | OLD
    call_command(Command())
    settings.INBOX_KEYS = NEW
    assert open_app(ProviderApp.objects.get()).label
    assert [connect(channel).own_address for channel in Channel.objects.order_by("pk")] == [
        "support@example.com",
        "sales@example.com",
        "@example",
    ]
    assert push_sender(NOW) == known
