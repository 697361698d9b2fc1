"""Mails that want to run, load, cover or send something: they are shown, and nothing of it happens."""

import pytest
from playwright.sync_api import expect

from tests.inbox.web.chromium.town import Town

pytestmark = pytest.mark.chromium

ALARM = "window.top.__p = 1; alert(1)"
HOSTILE = [
    f"<script>{ALARM}</script>",
    f"<scr<script>ipt>{ALARM}</scr</script>ipt>",
    f"<img src=x onerror='{ALARM}'>",
    f"<img/src='x'/onerror='{ALARM}'>",
    f"<svg onload='{ALARM}'></svg>",
    f"<svg><script>{ALARM}</script></svg>",
    f"<svg><animate onbegin='{ALARM}' attributeName=x dur=1s></svg>",
    "<svg><use href='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"/>#x'/></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror='{ALARM}'></style></mglyph></table></mtext></math>",
    f"<body onload='{ALARM}'>",
    f"<iframe src='javascript:{ALARM}'></iframe>",
    f"<iframe srcdoc='<script>{ALARM}</script>'></iframe>",
    "<iframe src='http://127.0.0.1:9/frame'></iframe>",
    f"<object data='javascript:{ALARM}'></object>",
    "<embed src='http://127.0.0.1:9/embed'>",
    "<applet code='x'></applet>",
    f"<a href='javascript:{ALARM}'>a word</a>",
    f"<a href='java&#10;script:{ALARM}'>a word</a>",
    f"<a href='data:text/html,<script>{ALARM}</script>'>a word</a>",
    f"<details open ontoggle='{ALARM}'>x</details>",
    f"<input autofocus onfocus='{ALARM}'>",
    f"<video><source onerror='{ALARM}'></video>",
    "<video src='http://127.0.0.1:9/video' autoplay></video>",
    f"<marquee onstart='{ALARM}'>x</marquee>",
    "<meta http-equiv='refresh' content='0;url=http://127.0.0.1:9/meta'>",
    "<meta http-equiv='Content-Security-Policy' content='script-src *'>",
    "<base href='http://127.0.0.1:9/'><img src='pixel'>",
    "<link rel='stylesheet' href='http://127.0.0.1:9/css'>",
    "<link rel='prefetch' href='http://127.0.0.1:9/prefetch'><link rel='preconnect' href='http://127.0.0.1:9/'>",
    "<style>@import 'http://127.0.0.1:9/import';</style>",
    "<style>body{background:url(http://127.0.0.1:9/background)}</style>",
    "<style>*{display:none!important}</style>",
    "<div style=\"position:fixed;inset:0;background:url('http://127.0.0.1:9/inline')\">over all</div>",
    "<div style='width:expression(alert(1))'>x</div>",
    "<font face='x' background='http://127.0.0.1:9/face'>x</font><table background='http://127.0.0.1:9/table'></table>",
    "<img src='http://127.0.0.1:9/pixel.gif' width=1 height=1>",
    "<img srcset='http://127.0.0.1:9/srcset 1x'>",
    "<img src='/accounts/logout/'><img src='//127.0.0.1:9/relative'>",
    "<form action='http://127.0.0.1:9/form' method=post><input name=password><button>Sign in again</button></form>",
    "<form><button formaction='javascript:alert(1)'>x</button></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template><portal src='http://127.0.0.1:9/portal'></portal>",
    "<!--><img src=x onerror=alert(1)>--><![CDATA[<script>alert(1)</script>]]>",
    "<p id=conversation class='app'>ours</p><p id=thread hx-get='/rail/' hx-trigger='load' data-do='mode:note'>x</p>",
]
TOGETHER = 4  # in one mail
FORBIDDEN = "script, iframe, object, embed, form, input, link, base[href], svg"


def test_nothing_in_a_mail_runs_loads_or_leaves(town: Town) -> None:
    mails = [HOSTILE[n : n + TOGETHER] for n in range(0, len(HOSTILE), TOGETHER)]
    for n, payloads in enumerate(mails):
        html = "".join(f"<div>{payload}</div>" for payload in payloads)
        town.post(f"Hostile {n}.", text=f"{html}\n\nPlain {n}", html=f"<p>Formatted {n}</p>{html}")
    page = town.sits("ada")
    for n, payloads in enumerate(mails):
        page.goto(f"{town.base}/c/open/{town.number_of(f'Hostile {n}.')}/")
        page.get_by_text("As it was sent").click()
        frame = page.frame_locator("iframe[title='The message as it was sent']")
        expect(frame.get_by_text(f"Formatted {n}", exact=True)).to_be_visible()
        assert frame.locator(FORBIDDEN).count() == 0, payloads
        assert page.evaluate("window.__p") is None, payloads
    expect(page.locator(".rail")).to_be_visible()


def test_a_script_in_every_field_is_shown_as_it_is_written(town: Town) -> None:
    name = "<img src=x onerror=alert(1)>"
    town.post("<script>alert(1)</script> & more", From=f'"{name}" <carla@example.com>', text="<b>not bold</b>")
    number = town.number_of("<script>alert(1)</script> & more")
    page = town.sits("ada", f"/c/open/{number}/")
    expect(page.locator(".talk-name")).to_have_text("<script>alert(1)</script> & more")
    expect(page.locator(".said")).to_have_text("<b>not bold</b>")
    page.goto(f"{town.base}/search/?q={name}")
    expect(page.locator("h1")).to_contain_text(name)
