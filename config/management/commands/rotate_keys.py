"""`manage.py rotate_keys`: seal everything with the newest key, so that older ones may be thrown away."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from inbox.connect import connect, save
from inbox.models import Channel
from inbox.vault import key_of


class Command(BaseCommand):
    """Run it after a new key was put first in INBOX_KEYS, with the old ones still behind it."""

    help = "Seal all channel passwords with the newest key of INBOX_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        for channel_id in Channel.objects.exclude(sealed=b"").values_list("pk", flat=True):
            with transaction.atomic():
                channel = Channel.objects.select_for_update().get(pk=channel_id)
                before = key_of(bytes(channel.sealed))
                save(channel, connect(channel))
            self.stdout.write(f"{channel.name}: {before} -> {key_of(bytes(channel.sealed))}")
