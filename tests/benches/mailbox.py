"""A mailbox that is full of mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.sandbox.mail.server import ADDRESS, HOST, PASSWORD, MailServer
from tests.benches.mails import mails
from tests.benches.provider import Provider, listening


@contextmanager
def mailbox(folder: Path, count: int, seed: int) -> Iterator[Provider]:
    """So many mails on an IMAP server."""
    filled = MailServer(folder)
    for raw, at in mails(count, seed, ADDRESS):
        filled.deliver(raw, at=int(at.timestamp()))
    with listening("connectors.sandbox.mail", folder) as (process, ports):
        values = {
            "address": ADDRESS,
            "password": PASSWORD,
            "imap_host": HOST,
            "imap_port": ports["imap"],
            "imap_security": "plain",
            "smtp_host": HOST,
            "smtp_port": ports["smtp"],
            "smtp_security": "plain",
            "history_days": 10_000,
            "authserv_id": "mx.demo.test",
        }
        yield Provider(process, values, files=(count + 4) // 5)
