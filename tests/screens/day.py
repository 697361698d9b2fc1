"""A day at the desk of a shop for lamps; everything happens as people do it: by mail, on the street, on pages.

Only time cannot be waited for: what has lain for long is said to have come so long ago.
"""

import re

from playwright.sync_api import Page

from tests.inbox.web.chromium.town import Town
from tests.waiting import until

PATIENCE = 120.0  # seconds; the machine may be busy, and an answer can be taken back for ten
ORDER = """Hello,

the reading lamp that I ordered on Monday came today, and its arm is broken off at the joint. The box itself looks fine.
I need it for my desk by Friday. Could you send me another one?

My order is number 48213.

Carla"""
MORE = """Yes, the black one. Thank you for being so quick!

Carla"""
REPLY = """Good morning Carla,

I am sorry that the lamp came to you like this. Another one leaves our store today and is with you on Thursday.

You need not send the broken one back.

It was the black one, was it not?"""
NOTE = "@sam, this is the third broken arm from that delivery. Shall we look at the rest before it goes out?"
HANDED = "She has asked twice for this number, and you know how the books want it. The tax office needs it by Friday."
LONG_AGO = """
WITH moved AS (
    UPDATE inbox_interval SET started_at = started_at - %s::interval WHERE id = (
        SELECT min(i.id) FROM inbox_interval i JOIN inbox_conversation c ON c.id = i.conversation_id WHERE number = %s))
UPDATE inbox_conversation SET opened_at = opened_at - %s::interval, look_at = now() - interval '1 day' WHERE number = %s
"""
LOOKED = "SELECT 1 FROM inbox_conversation WHERE number = %s AND (look_at IS NULL OR look_at > now())"
BROKEN = """
WITH due AS (
    UPDATE escalation_promise SET due_at = now() - interval '5 minutes'
    WHERE conversation_id = (SELECT id FROM inbox_conversation WHERE number = %s))
UPDATE inbox_conversation SET look_at = now() WHERE number = %s
"""
MAILS = {
    "The arm of my reading lamp is broken": ORDER,
    "Which bulb fits the floor lamp Alma?": "The old one says E27, 60 W. What uses less and is as bright?",
    "Invoice without our tax number": "Our bookkeeper needs the number DE 811 on the invoice of last week.",
    "May I still change the colour?": "I chose brass for order 48310, and would rather have it in white.",
    "The switch hums": "Since the weekend the dimmer hums whenever the light is low. Is that dangerous?",
    "Thank you": "The lamp has come, it is on, and it is lovely.",
    "Where is my parcel?": "The carrier has said \u201cout for delivery\u201d for three days now. Order 48177.",
    "Two lamps came instead of one": "I ordered one Alma and got two. Where may I send the second?",
}


def lives_through(town: Town) -> None:
    """What came in, what was done with it, and how it stands in the evening."""
    for subject, text in MAILS.items():
        town.post(subject, text)
    numbers = {subject: town.number_of(subject) for subject in MAILS}
    broken, bulb, invoice, colour, hums, thanks, parcel, two = numbers.values()
    _calls_on_the_networks(town)
    for name in ("ada", "sam"):
        _comes_on_shift(town, name)
    ada = _takes(town, "ada", broken)
    ada.get_by_role("tab", name="Note").click()
    ada.get_by_label("Text of the note").fill(NOTE)
    ada.get_by_role("button", name="Leave note").click()
    ada.wait_for_selector(".note")
    _answers(ada, REPLY, "Send and wait")
    _writes_back(town, broken)
    _promises(_takes(town, "ada", hums))
    _answers(_takes(town, "ada", bulb), "An LED of 7 W is as bright as your old bulb. E27 is right.", "Send and wait")
    _answers(_takes(town, "sam", thanks), "We are glad to read that. Good evening!", "Send and solve")
    _takes(town, "sam", parcel).close()
    _passes_on(_takes(town, "sam", invoice), "Ada", HANDED)
    _promises(_takes(town, "ada", two))
    town.sql(BROKEN, two, two)
    _lay_for(town, "19 hours 20 minutes", colour)
    _lay_for(town, "21 hours", parcel)
    ada.close()


def _promises(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Promised by")).click()
    page.locator("#side .fact", has_text="promised by").wait_for()
    page.close()


def _passes_on(page: Page, name: str, note: str) -> None:
    page.locator(".talk-head summary[title=More]").click()
    menu = page.locator(".talk-head #menu")
    menu.locator("select[name=to]").select_option(label=f"{name} (on shift)")
    menu.get_by_label("Why").select_option("knowledge")
    menu.get_by_label("Note for the next one").fill(note)
    menu.get_by_role("button", name="Pass on", exact=True).click()
    page.get_by_text(f"{name} is responsible").wait_for()
    page.close()


def _lay_for(town: Town, long: str, number: int) -> None:
    """It came so long ago; the ladder has looked at it since."""
    town.sql(LONG_AGO, long, number, long, number)
    until(
        lambda: town.sql(LOOKED, number),
        "the ladder has looked",
        PATIENCE,
    )


def _calls_on_the_networks(town: Town) -> None:
    page = town.sits("ada", "/street/x/")
    page.get_by_label("Your user name").fill("carla")
    page.get_by_label("Text").fill("@demo is the lamp Alma sold in green, too?")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Said.").wait_for()
    page.goto(f"{town.base}/street/facebook/")
    page.get_by_label("Your name").fill("Carla")
    page.get_by_label("Text").fill("Good evening, are you open on Saturday?")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Said.").wait_for()
    page.close()
    networks = "SELECT count(DISTINCT k.kind) FROM inbox_conversation c JOIN inbox_channel k ON k.id = c.channel_id"
    until(lambda: town.sql(f"{networks} WHERE k.kind <> 'email'") == [(2,)], "both have arrived")


def _comes_on_shift(town: Town, name: str) -> None:
    page = town.sits(name)
    page.locator(".rail-foot summary").click()
    button = page.get_by_role("button", name="I am on shift")
    if button.count():
        button.click()
        page.wait_for_load_state()
    page.close()


def _takes(town: Town, name: str, number: int) -> Page:
    """Whoever has it by then."""
    page = town.sits(name, f"/c/open/{number}/")
    page.wait_for_selector("#thread .msg")
    taking = page.get_by_role("button", name=re.compile("^Take (it|over)"))
    if taking.count():
        taking.first.click()
        page.get_by_text(f"{name.capitalize()} is responsible").wait_for()
    return page


def _answers(page: Page, text: str, how: str) -> None:
    page.get_by_role("tab", name=re.compile("^Reply")).click()
    page.get_by_label("Text of the reply").fill(text)
    if how == "Send and solve":
        page.get_by_label("Other ways to send").click()
    page.get_by_role("button", name=how).click()
    page.wait_for_selector(".msg-ours")


def _writes_back(town: Town, number: int) -> None:
    """Carla answers our mail as her program does."""
    until(lambda: town.sent("Good morning Carla"), "it has been sent", PATIENCE)
    raw = town.sent("Good morning Carla")[0].raw.decode()
    reference = re.search(r"^Message-ID:\s*(<[^>]+>)", raw, re.MULTILINE | re.IGNORECASE)
    assert reference
    subject = "Re: The arm of my reading lamp is broken"
    town.post(subject, MORE, In_Reply_To=reference[1], References=reference[1])
    found = "SELECT count(*) > 1 FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id"
    until(
        lambda: town.sql(f"{found} WHERE c.number = %s AND m.direction = 'incoming'", number)[0][0],
        "she wrote back",
        PATIENCE,
    )
