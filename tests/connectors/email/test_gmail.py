"""Gmail's own id of a mail: asked for where it is offered, the same in all folders."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import GapCheck
from connectors.email.connector import Email
from connectors.sandbox.mail.server import ADDRESS, MailServer

RAW = b"From: Carla <carla@example.com>\r\nSubject: lamp\r\nMessage-ID: <lamp@example.com>\r\n\r\nhello\r\n"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def ids(account: Email, folder: Path, now: datetime) -> dict[tuple[str, str], str]:
    """The id of each mail that a first poll brings, by role and uid."""
    payloads = account.fetch("", folder, now).payloads
    return {(p.facts["role"], p.facts["uid"]): p.facts.get("lasting_id", "") for p in payloads}


def test_the_id_comes_with_the_mail_and_names_it_in_each_folder(
    provider: MailServer, account: Email, tmp_path: Path, now: datetime
) -> None:
    provider.speaks_gmail = True
    for folder in ("INBOX", "Sent"):
        provider.deliver(RAW, folder=folder, origin="one")
    provider.deliver(RAW, origin="two")
    found = ids(account, tmp_path, now)
    assert found["inbox", "1"] == found["sent", "1"] != found["inbox", "2"]
    assert found["inbox", "1"] == str(provider.mails()[0].gmail_id)
    provider.renumber(ADDRESS)
    assert ids(account, tmp_path, now) == found


def test_the_gap_check_brings_the_id_too(provider: MailServer, account: Email, tmp_path: Path, now: datetime) -> None:
    provider.speaks_gmail = True
    provider.deliver(RAW, origin="one")
    cursor = account.fetch("", tmp_path, now).cursor
    (missed,) = account.missed(GapCheck(cursor=cursor, known=lambda _: set()), tmp_path, now).payloads
    assert missed.facts["lasting_id"] == str(provider.mails()[0].gmail_id)


def test_another_server_is_not_asked_for_it(
    provider: MailServer, account: Email, tmp_path: Path, now: datetime
) -> None:
    provider.deliver(RAW)
    assert ids(account, tmp_path, now) == {("inbox", "1"): ""}
