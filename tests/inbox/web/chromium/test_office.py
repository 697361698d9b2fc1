"""Kim's day: a person, a mailbox, and what waits in quarantine."""

import re

import pytest
from playwright.sync_api import Page, expect

from connectors.sandbox.mail.server import ADDRESS, HOST, PASSWORD
from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium
NEW_PASSWORD = "a long walk in the snow"  # of a desk that ends with the tests


def test_a_new_person_is_invited_sets_a_password_and_signs_in(town: Town) -> None:
    kim = town.sits("kim", "/people/new/")
    kim.get_by_label("Name").fill("Ada the Second")
    kim.get_by_label("E-mail").fill("ada2@example.com")
    kim.get_by_label("Support").select_option(label="Agent")
    kim.get_by_role("button", name="Save").click()
    link = kim.locator("#invitation").inner_text()
    page = town.stranger(link)
    page.get_by_label("Password").fill("short")
    page.get_by_label("The same again").fill("short")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(NEW_PASSWORD)
    page.get_by_label("The same again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.locator(".rail")).to_contain_text("Ada the Second")
    page.locator(".rail .me").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").fill("ada2@example.com")
    page.get_by_label("Password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{town.base}/c/mine/")
    assert town.stranger(link).get_by_text("This link has ended").is_visible()


def fill_in(page: Page, town: Town, password: str) -> None:
    page.get_by_label("Name here").fill("The second mailbox")
    page.get_by_label("Team").select_option(label="Support")
    page.get_by_label("Brand").select_option(label="Demo")
    page.get_by_label("Address", exact=True).fill(f"sales@{ADDRESS.partition('@')[2]}")
    page.get_by_label("User name").fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(password)
    for side, port in (("IMAP", town.imap_port), ("SMTP", town.smtp_port)):
        page.get_by_label(f"{side} server").fill(HOST)
        page.get_by_label(f"{side} port").fill(str(port))
        page.get_by_label(f"{side} encryption").select_option(value="plain")


def test_a_second_mailbox_is_connected_after_the_check_said_what_was_wrong(town: Town) -> None:
    page = town.sits("kim", "/channels/new/email/")
    fill_in(page, town, "wrong")
    page.get_by_role("button", name="Check the connection").click()
    expect(page.get_by_role("alert")).to_contain_text("does not accept this user name and password")
    expect(page.get_by_label("Name here")).to_have_value("The second mailbox")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Check the connection").click()
    expect(page.get_by_role("status").filter(has_text="It works")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Connected. What customers write is on its way in.")).to_be_visible()
    row = page.locator("tr", has_text="The second mailbox")
    expect(row).to_contain_text("works")
    row.get_by_role("button", name="Pause").click()
    expect(page.locator("tr", has_text="The second mailbox")).to_contain_text("paused")


def test_a_providers_button_or_an_address_of_it_fills_in_the_servers(town: Town) -> None:
    page = town.sits("kim", "/channels/new/email/")
    page.get_by_role("button", name="Yandex").click()
    expect(page.get_by_label("IMAP server")).to_have_value("imap.yandex.ru")
    page.get_by_label("Address", exact=True).fill("kim@gmail.com")
    page.get_by_label("Address", exact=True).press("Tab")
    expect(page.get_by_label("SMTP server")).to_have_value("smtp.gmail.com")
    expect(page.get_by_label("Inbox folder")).to_be_hidden()
    page.locator("summary", has_text="More settings").click()
    expect(page.get_by_label("Inbox folder")).to_be_visible()


def test_what_lies_in_quarantine_is_let_in(town: Town) -> None:
    town.taken_for_spam("A lamp taken for spam")
    page = town.sits("sam", "/held/quarantine/")
    row = page.locator("tr", has_text="A lamp taken for spam")
    expect(row).to_contain_text("put it into its own spam folder")
    row.get_by_role("button", name="Let in").click()
    expect(page.get_by_text("Let in.")).to_be_visible()
    expect(page.locator(".talk-name")).to_have_text("A lamp taken for spam")
    assert re.search(r"/c/open/\d+/$", page.url)
