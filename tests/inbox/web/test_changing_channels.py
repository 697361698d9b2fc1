"""Changing a channel on its page: what is refused is said there, with all that was typed."""

import pytest

from connectors.email.connector import Email
from tests.inbox.desk_of_five import Desk, browser


def test_another_account_is_refused_on_the_page_and_the_form_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Email, "check", lambda self: self.address)
    typed = {
        "name": "Our help",
        "team": desk.team.pk,
        "brand": desk.channel.brand_id,
        "at_address": "help@example.com",
        "at_auth": "password",
        "at_imap_host": "localhost",
        "at_imap_port": "993",
        "at_imap_security": "tls",
        "at_smtp_host": "localhost",
        "at_smtp_port": "465",
        "at_smtp_security": "tls",
        "at_sent_copy": "otvet",
        "at_history_days": "7",
        "at_largest_mail": "100",
        "at_tenant": "common",
    }
    page = browser(desk.kim).post(f"/channels/{desk.channel.pk}/", typed)
    assert page.status_code == 200
    assert "Connect help@example.com as a new channel" in page.content.decode()
    assert 'value="Our help"' in page.content.decode()
    desk.channel.refresh_from_db()
    assert desk.channel.name == "support@example.com"
