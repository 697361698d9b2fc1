"""A desk that was really started, its street, and browsers in which people sit before it."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from functools import cached_property
from imaplib import IMAP4

import psycopg
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

from config import needs
from config.postgres.cluster import url_of
from connectors.sandbox.mail.log import Accepted, read
from connectors.sandbox.mail.server import ADDRESS, HOST, PASSWORD
from tests.config.desk import Running
from tests.waiting import until

# What Playwright switches off is named again: of two lists the browser reads the last. Its address bar would begin a
# page of its own for each window, which costs a second of a processor, though nobody sees it.
SWITCHED_OFF = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding"),
    *("MediaRouter", "OptimizationHints", "NetworkTimeServiceQuerying", "Translate", "LensOverlay"),
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(SWITCHED_OFF)}",
]
LINK = re.compile(r"^  (\w+) +\w+ +(http\S+)$", re.MULTILINE)


@dataclass
class Window:
    """A page in a browser of its own, and everything that went wrong in it or left the machine."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    was_cut: bool = False

    def listens(self, base: str) -> None:
        """Write down scripts' complaints, dialogs, and requests that go anywhere but to Otvet."""

        def said(message: ConsoleMessage) -> None:
            if self.was_cut and "Failed to fetch" in message.text:
                return  # what a page says when it asked for something while it had no network
            if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
                self.complaints.append(message.text)

        def spoke(dialog: Dialog) -> None:
            self.complaints.append(dialog.message)
            dialog.dismiss()

        def asked(request: Request) -> None:
            if not request.url.startswith((base, "data:", "about:", "blob:")):
                self.elsewhere.append(request.url)

        self.page.on("console", said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", spoke)
        self.page.on("request", asked)


@dataclass
class Town:
    """The started desk, and one browser for everybody, each in a context of his own."""

    running: Running
    browser: Browser
    links: dict[str, str]
    _sessions: dict[str, BrowserContext] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.running.port}"

    def sits(self, name: str, path: str = "/") -> Page:
        """A new window of somebody who is signed in; the first time by his link, as people do it."""
        if name not in self._sessions:
            self._sessions[name] = self.browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
            first = self._open(self._sessions[name])
            first.goto(self.links[name])
            first.get_by_role("button", name="Sign in").click()
            first.wait_for_selector(".rail")
            first.close()
        page = self._open(self._sessions[name])
        page.goto(self.base + path)
        return page

    @cached_property
    def whole_browser(self) -> Browser:
        """One that can show notices of the desktop; it ends with the other."""
        return self.browser.browser_type.launch(executable_path=needs.whole_browser(), args=FLAGS)

    def stranger(self, path: str = "/", *, browser: Browser | None = None, **context: object) -> Page:
        """A window of somebody who is not signed in."""
        about: dict[str, object] = {"locale": "en-US", **context}
        page = self._open((browser or self.browser).new_context(**about))  # type: ignore[arg-type]
        page.goto(path if path.startswith("http") else self.base + path)
        return page

    @contextmanager
    def without_network(self, page: Page) -> Iterator[None]:
        """The network of this window's browser is cut as long as this lasts."""
        for window in self.windows:
            window.was_cut |= window.page.context == page.context
        page.context.set_offline(True)
        try:
            yield
        finally:
            page.context.set_offline(False)

    def _open(self, context: BrowserContext) -> Page:
        window = Window(context.new_page())
        window.listens(self.base)
        self.windows.append(window)
        return window.page

    def post(self, subject: str, text: str = "The lamp arrived broken.", **more: str) -> None:
        """Carla posts a mail. `html` adds an HTML part; other keywords are headers."""
        mail = EmailMessage()
        html = more.pop("html", "")
        headers = {"From": "Carla <carla@example.com>", "To": ADDRESS, "Subject": subject, **more}
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail["Message-ID"] = make_msgid(domain="example.com")
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        with smtplib.SMTP(HOST, self.smtp_port, timeout=10) as line:
            line.send_message(mail, "carla@example.com", [ADDRESS])

    def number_of(self, subject: str) -> int:
        """The number of the conversation whose subject begins so, once it is there."""
        found = "SELECT number FROM inbox_conversation WHERE starts_with(subject, %s)"
        until(lambda: self.sql(found, subject), f"{subject} has arrived")
        return int(str(self.sql(found, subject)[0][0]))

    def taken_for_spam(self, subject: str) -> None:
        """A mail that the mail server puts into its Junk folder; one beside it makes us look at once."""
        mail = f"From: carla@example.com\r\nTo: {ADDRESS}\r\nSubject: {subject}\r\n\r\nCheap lamps\r\n".encode()
        with IMAP4(HOST, self.imap_port) as line:
            line.login(ADDRESS, PASSWORD)
            line.append("Junk", "", "", mail)
        self.post(f"Beside {subject}")
        until(lambda: self.sql("SELECT 1 FROM inbox_item WHERE outcome = 'quarantine'"), "it is in quarantine")

    @property
    def smtp_port(self) -> int:
        return self._ports()[1]

    @property
    def imap_port(self) -> int:
        return self._ports()[0]

    def _ports(self) -> list[int]:
        text = (self.running.data / "sandbox" / "ports.json").read_text()
        return [int(port) for port in text.strip("[]").split(",")]

    def street(self) -> list[Accepted]:
        """All mail that went over the street."""
        return list(read(self.running.data / "sandbox" / "smtp"))

    def sent(self, words: str) -> list[Accepted]:
        """Mail of ours with these words in it."""
        return [mail for mail in self.street() if mail.login and words.encode() in mail.raw]

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What only time or bad luck would bring about."""
        with psycopg.connect(url_of(self.running.data / "postgres") or "") as connection:
            done = connection.execute(statement.encode(), values)
            return done.fetchall() if done.description else []

    def arrives(self, page: Page, subject: str, **mail: str) -> Page:
        """A mail is posted, and the page shows its conversation."""
        self.post(subject, **mail)
        page.goto(f"{self.base}/c/open/")
        page.locator(".item-subj", has_text=subject).click()
        page.wait_for_selector("#thread .msg")
        return page


def people_of(running: Running) -> dict[str, str]:
    """The one-time links that the start printed, by name."""
    return dict(LINK.findall(running.said))
