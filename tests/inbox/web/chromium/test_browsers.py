"""A browser that tells its owner while all pages are closed: by choice, each notice once, and a click leads to it."""

import json

import pytest
from playwright.sync_api import Page, Worker, expect

from connectors.webpush import text_of
from tests.inbox.web.chromium.town import Town
from tests.push_service import Reader
from tests.waiting import until

pytestmark = pytest.mark.chromium

# Chromium has no push service here: what one would give, or why not, stands in for it.
SERVICE = """
const made = %s;
const kept = () => self.localStorage || { setItem() {}, getItem() {}, removeItem() {} }; // a worker has none
const subscription = {
  toJSON: () => made,
  unsubscribe: async () => { kept().removeItem("subscribed"); return true; },
};
PushManager.prototype.subscribe = async (options) => {
  if (!made) throw new DOMException("Registration failed - push service not available", "AbortError");
  if (!options.userVisibleOnly || options.applicationServerKey.length !== 87) throw new Error("not our key");
  kept().setItem("subscribed", "yes");
  return subscription;
};
PushManager.prototype.getSubscription = async () => kept().getItem("subscribed") ? subscription : null;
"""


def sits(town: Town, path: str, *, reader: Reader | None = None, allowed: bool = True) -> Page:
    """Ada in a browser of her own, whose worker and permissions are nobody else's."""
    state = town.sits("ada").context.storage_state()
    page = town.stranger("/livez", browser=town.whole_browser, storage_state=state)
    if allowed:
        page.context.grant_permissions(["notifications"], origin=town.base)
    page.add_init_script(stand_in(reader))
    page.goto(town.base + path)
    page.wait_for_selector("body[data-live=on]")
    return page


def stand_in(reader: Reader | None) -> str:
    """A push service for this page or worker, which gives out this subscription, or none."""
    if reader is None:
        return SERVICE % "null"
    told = reader.subscription
    keys = {"p256dh": text_of(told.key), "auth": text_of(told.secret)}
    return SERVICE % json.dumps({"endpoint": told.endpoint, "keys": keys})


def worker_of(page: Page) -> Worker:
    """The service worker, which is at work."""
    page.evaluate("navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)")
    until(lambda: page.evaluate("1") and page.context.service_workers, "the worker is there")
    return page.context.service_workers[0]


def pushes(town: Town, page: Page, **said: object) -> None:
    """What the push service brings, through the browser itself."""
    line = page.context.new_cdp_session(page)
    found: list[dict[str, str]] = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    line.send("ServiceWorker.enable")
    until(lambda: found or page.evaluate("0"), "the browser knows the worker")
    registration = next(each["registrationId"] for each in found if each["scopeURL"].startswith(town.base))
    about = {"origin": town.base, "registrationId": registration, "data": json.dumps(said)}
    line.send("ServiceWorker.deliverPushMessage", about)
    line.detach()


def leaves(page: Page, worker: Worker) -> None:
    """Close what the browser has open of ours; a page on its way out counts as seen as long as the worker has it."""
    page.goto("about:blank")
    left = "clients.matchAll({ type: 'window', includeUncontrolled: true }).then((all) => all.length)"
    until(lambda: worker.evaluate(left) == 0, "the worker has no page")


def shown(worker: Worker) -> list[list[str]]:
    found = (
        "registration.getNotifications().then((all) => all.map((each) => [each.tag, each.title, each.body, each.data]))"
    )
    told: list[list[str]] = worker.evaluate(found)
    return told


def test_it_is_switched_on_by_a_button_and_off_by_another(town: Town) -> None:
    page = sits(town, "/me/", reader=Reader("https://push.example.net/of-ada"))
    here = page.locator("#browsers")
    expect(here).to_contain_text("this browser tells you nothing")
    here.get_by_role("button", name="Tell me here, too").click()
    expect(here).to_contain_text("tells you also when all pages are closed")
    expect(here.get_by_role("button", name="Tell me here, too")).to_be_hidden()
    expect(here.get_by_role("listitem")).to_contain_text("this one")
    found = "SELECT endpoint FROM inbox_browser JOIN inbox_agent a ON a.id = agent_id WHERE a.name = 'Ada'"
    assert town.sql(found) == [("https://push.example.net/of-ada",)]
    here.get_by_role("button", name="Switch off here").click()
    expect(here).to_contain_text("this browser tells you nothing")
    assert town.sql(found) == []
    assert page.evaluate("localStorage.getItem('subscribed')") is None


def test_a_new_address_of_a_push_service_takes_the_place_of_the_old_one_where_it_is_on(town: Town) -> None:
    page = sits(town, "/me/", reader=Reader("https://push.example.net/before"))
    page.get_by_role("button", name="Tell me here, too").click()
    expect(page.locator("#browsers")).to_contain_text("tells you also when all pages are closed")
    worker = worker_of(page)
    worker.evaluate(stand_in(Reader("https://push.example.net/after")))
    change = """() => {
      const change = new ExtendableEvent("pushsubscriptionchange");
      return new Promise((done) => { change.waitUntil = (work) => work.then(done); dispatchEvent(change); });
    }"""
    worker.evaluate(change)
    assert town.sql("SELECT endpoint FROM inbox_browser") == [("https://push.example.net/after",)]
    town.sql("DELETE FROM inbox_browser")
    worker.evaluate(change)
    assert town.sql("SELECT endpoint FROM inbox_browser") == []


def test_what_does_not_work_is_said(town: Town) -> None:
    page = sits(town, "/me/")
    page.get_by_role("button", name="Tell me here, too").click()
    expect(page.locator("#browsers")).to_contain_text("That did not work")
    expect(page.get_by_role("button", name="Tell me here, too")).to_be_enabled()
    assert town.sql("SELECT 1 FROM inbox_browser") == []


def test_a_browser_that_was_told_to_show_nothing_says_so(town: Town) -> None:
    page = sits(town, "/c/mine/", allowed=False)
    page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    page.goto(f"{town.base}/me/")
    expect(page.locator("#browsers")).to_contain_text("was told to show no notices")
    expect(page.get_by_role("button", name="Tell me here, too")).to_be_hidden()


def test_with_all_pages_closed_it_is_shown_once_and_leads_to_its_conversation(town: Town) -> None:
    page = sits(town, "/c/mine/")
    worker = worker_of(page)
    said = {"tag": "notice-7", "title": "Её время вышло", "body": "#12 A lamp", "number": 12}
    pushes(town, page, **{**said, "tag": "notice-6"})
    leaves(page, worker)
    for _twice in range(2):
        pushes(town, page, **said)
    pushes(town, page, tag="notices", title="New notices: 4", body="")
    until(lambda: len(shown(worker)) == 2, "both are shown")
    assert shown(worker) == [
        ["notice-7", "Её время вышло", "#12 A lamp", "/c/mine/12/"],
        ["notices", "New notices: 4", "", "/notices/"],
    ]
    click = """async () => {
      const opened = new Promise((done) => { self.clients.openWindow = async (path) => done(path); });
      const [first] = await registration.getNotifications();
      dispatchEvent(new NotificationEvent("notificationclick", { notification: first }));
      return opened;
    }"""
    assert worker.evaluate(click) == "/c/mine/12/"
    assert [tag for tag, *_rest in shown(worker)] == ["notices"]


def test_a_click_comes_to_the_window_that_is_open(town: Town) -> None:
    page = sits(town, "/c/mine/")
    worker = worker_of(page)
    page.wait_for_function("navigator.serviceWorker.controller")
    worker.evaluate("WindowClient.prototype.focus = async function () { return this; }")
    worker.evaluate("""registration.showNotification("It is yours now", { data: "/notices/" }).then(async () => {
      const [first] = await registration.getNotifications();
      dispatchEvent(new NotificationEvent("notificationclick", { notification: first }));
    })""")
    page.wait_for_url("**/notices/")


def test_a_page_and_the_worker_show_one_notice_once(town: Town) -> None:
    town.sql("UPDATE inbox_agent SET status = 'on_shift', away_since = NULL WHERE name = 'Ada'")
    town.post("A lamp behind a closed door")
    number = town.number_of("A lamp behind a closed door")
    page = sits(town, "/c/mine/")
    worker = worker_of(page)
    sam = town.sits("sam", f"/c/open/{number}/")
    sam.get_by_role("tab", name="Note").click()
    sam.get_by_label("Text of the note").fill("@ada, behind the door?")
    sam.get_by_role("button", name="Leave note").click()
    until(lambda: shown(worker), "the page shows it")
    told = shown(worker)
    assert told[0][1:] == [
        "You are named in a note: Sam",
        f"#{number} A lamp behind a closed door",
        f"/c/mine/{number}/",
    ]
    leaves(page, worker)
    pushes(town, page, tag=told[0][0], title="You are named in a note", body="said anew", number=number)
    pushes(town, page, tag="notices", title="New notices: 4", body="")
    until(lambda: len(shown(worker)) == 2, "the next one is shown")
    assert told[0] in shown(worker)
