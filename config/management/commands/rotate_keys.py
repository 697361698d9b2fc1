"""`manage.py rotate_keys`: seal everything with the newest key, so that older ones may be thrown away."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from inbox.connect import connect, open_app, open_push_key, save, save_app, save_push_key
from inbox.models import Channel, Installation, ProviderApp
from inbox.vault import key_of


class Command(BaseCommand):
    """Run it after a new key was put first in INBOX_KEYS, with the old ones still behind it."""

    help = "Seal the credentials of all channels and apps, and our own keys, with the newest key of INBOX_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        for app_id in ProviderApp.objects.values_list("pk", flat=True):
            with transaction.atomic():
                app = ProviderApp.objects.select_for_update().get(pk=app_id)
                self._tell(app.name, app, partial(save_app, app, open_app(app)))
        for channel_id in Channel.objects.exclude(sealed=b"").values_list("pk", flat=True):
            with transaction.atomic():
                channel = Channel.objects.select_for_update().get(pk=channel_id)
                self._tell(channel.name, channel, partial(save, channel, connect(channel)))

        with transaction.atomic():
            for installation in Installation.objects.select_for_update().exclude(push_key=b""):
                before = key_of(bytes(installation.push_key))
                save_push_key(installation, open_push_key(installation))
                self.stdout.write(f"browsers: {before} -> {key_of(bytes(installation.push_key))}")

    def _tell(self, name: str, row: Channel | ProviderApp, seal: Callable[[], None]) -> None:
        before = key_of(bytes(row.sealed))
        seal()
        self.stdout.write(f"{name}: {before} -> {key_of(bytes(row.sealed))}")
