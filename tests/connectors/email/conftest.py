"""The connector under test, against a real Dovecot or against the sandbox's mail server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.email.connector import Email
from connectors.sandbox.mail.server import ADDRESS, HOST, MailServer
from connectors.sandbox.mail.server import PASSWORD as SANDBOX_PASSWORD
from tests.dovecot import PASSWORD, Dovecot, dovecot

__all__ = ["dovecot"]


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Email:
    """A fresh mailbox on Dovecot, over TLS with our authority; it cannot send."""
    return Email(
        address=dovecot.new_user(),
        password=PASSWORD,
        imap_host="localhost",
        imap_port=dovecot.imaps_port,
        smtp_host="localhost",
        ca_certificate=dovecot.authority.pem,
        history_days=30,
    )


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[MailServer]:
    """The sandbox's mail server, running."""
    server = MailServer(tmp_path / "sandbox")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def account(provider: MailServer, allow_plain: Callable[..., None]) -> Email:
    """The company's mailbox at the sandbox."""
    ports = provider.ports
    allow_plain(ports.imap, ports.smtp)
    return Email(
        address=ADDRESS,
        password=SANDBOX_PASSWORD,
        imap_host=HOST,
        imap_port=ports.imap,
        imap_security="plain",
        smtp_host=HOST,
        smtp_port=ports.smtp,
        smtp_security="plain",
        sent_copy="provider",
    )
