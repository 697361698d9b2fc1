"""Hostile mails: each way in which HTML may run, load, cover or send something, in each of some disguises."""

import re
from collections.abc import Callable

# Stands for ALARM in the vectors.
ALARM = "window.top.__p = 1; alert(1)"
VECTORS = [
    "<script>ALARM</script>",
    "<scr<script>ipt>ALARM</scr</script>ipt>",
    "<img src=x onerror='ALARM'>",
    "<img/src='x'/onerror='ALARM'>",
    "<svg onload='ALARM'></svg>",
    "<svg><script>ALARM</script></svg>",
    "<svg><animate onbegin='ALARM' attributeName=x dur=1s></svg>",
    "<svg><use href='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"/>#x'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror='ALARM'></style></mglyph></table></mtext></math>",
    "<body onload='ALARM'>",
    "<iframe src='javascript:ALARM'></iframe>",
    "<iframe srcdoc='<script>ALARM</script>'></iframe>",
    "<iframe src='http://127.0.0.1:9/frame'></iframe>",
    "<object data='javascript:ALARM'></object>",
    "<embed src='http://127.0.0.1:9/embed'>",
    "<applet code='x'></applet>",
    "<a href='javascript:ALARM'>a word</a>",
    "<a href='java&#10;script:ALARM'>a word</a>",
    "<a href='data:text/html,<script>ALARM</script>'>a word</a>",
    "<details open ontoggle='ALARM'>x</details>",
    "<input autofocus onfocus='ALARM'>",
    "<video><source onerror='ALARM'></video>",
    "<video src='http://127.0.0.1:9/video' autoplay></video>",
    "<marquee onstart='ALARM'>x</marquee>",
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


def plain(vector: str) -> str:
    """As it is."""
    return vector


def shouted(vector: str) -> str:
    """Tags and attributes in capitals, parted by anything but a space."""
    loud = re.sub(r"<(/?)([a-z]+)", lambda tag: f"<{tag[1]}{tag[2].upper()}", vector)
    return re.sub(r" (on[a-z]+|src|href|style|action)=", lambda name: f"\n\t{name[1].upper()} = ", loud)


def nested(vector: str) -> str:
    """Where a parser changes its mind about what language it reads."""
    return f"<svg><desc><math><annotation-xml encoding='text/html'><table><td>{vector}<style><!--</style></table>"


def unclosed(vector: str) -> str:
    """Among quotation marks and tags that do not end."""
    return f"<p title='\"><b <i>{vector}<a href=\"x' onclick='alert(1)'><img src=x onerror=alert(1) <textarea>"


def commented(vector: str) -> str:
    """Between comments and texts that are none."""
    return f"<!-- --!>{vector}<!-- > <noscript><!-- </noscript>{vector}<xmp></xmp><![if IE]>{vector}<![endif]-->"


DISGUISES: tuple[Callable[[str], str], ...] = (plain, shouted, nested, unclosed, commented)


def mails(disguise: Callable[[str], str], *, ours: str) -> list[str]:
    """All of them in one disguise, and as many that ask for pages of ours, which lie at `ours`."""
    pages = [f"<img src='{ours}{path}'>" for path in ("/accounts/logout/", "/rail/", "/seen/", "/files/x/")]
    forms = [f"<form action='{ours}/c/open/10001/solve/' method=post><button autofocus>{path}</form>" for path in "ab"]
    return [disguise(vector.replace("ALARM", ALARM)) for vector in (*VECTORS, *pages, *forms)]
