"""HTML of a mail made safe to show: no scripts, no forms, no addresses of ours, nothing loaded from outside.

The page that shows it puts it into a sandboxed frame as well; either alone must be enough.
"""

import re
from dataclasses import dataclass

import nh3

from connectors.email import html_text

REMOTE = "data-remote-src"  # carries the address of a picture that was not allowed to load

_TAGS = (
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span"
    " strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
_COMMON = {"style", "dir", "lang", "title", "align", "valign", "bgcolor", "width", "height"}
_ATTRIBUTES = {
    "a": {"href", "name"},
    "img": {"src", "alt", "border", "hspace", "vspace"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "li": {"value"},
    "blockquote": {"type"},
    "time": {"datetime"},
}
_STYLES = (
    "background background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width"
    " border-collapse border-color border-left border-left-color border-left-style border-left-width border-radius"
    " border-right border-right-color border-right-style border-right-width border-spacing border-style border-top"
    " border-top-color border-top-style border-top-width border-width color direction font font-family font-size"
    " font-style font-variant font-weight height letter-spacing line-height list-style-type margin margin-bottom"
    " margin-left margin-right margin-top max-height max-width min-height min-width padding padding-bottom"
    " padding-left padding-right padding-top text-align text-decoration text-indent text-transform vertical-align"
    " white-space width word-break word-spacing word-wrap overflow-wrap"
)
_LINKS = ("http:", "https:", "mailto:", "tel:")
_PICTURES = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_CALL = re.compile(r"(?:rgba?|hsla?)\([\d\s.,%/deg-]{1,60}\)", re.IGNORECASE)
_WAITING = "remote:"  # a scheme nobody else may use: marks a blocked picture until the cleaner is done
_BLOCKED = f' src="{_WAITING}'


@dataclass(frozen=True, slots=True)
class Clean:
    """Safe HTML and how many pictures in it were kept from loading."""

    html: str
    remote_images: int = 0


def clean(html: str) -> Clean:
    """Clean the HTML of a mail.

    Pictures of the mail itself keep `src="cid:<content id>"`; those from elsewhere lose their `src` and
    keep their address in `data-remote-src`.
    """
    safe = _CLEANER.clean(html_text.without_marks(html).replace("\x00", ""))
    return Clean(safe.replace(_BLOCKED, f' {REMOTE}="'), safe.count(_BLOCKED))


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    """The value an attribute may keep, None if it must go."""
    if attribute == "style":
        return _safe_style(value) or None
    if attribute == "href":
        return value if value.strip().lower().startswith(_LINKS) else None
    if attribute == "src":
        return _safe_source(value.strip())
    return value


def _safe_source(value: str) -> str | None:
    scheme = value.partition(":")[0].lower()
    if scheme in ("http", "https"):
        return _WAITING + value
    if scheme == "cid" or (scheme == "data" and _PICTURES.fullmatch(value)):
        return value
    return None


def _safe_style(value: str) -> str:
    """Declarations without functions that load, compute or escape; colours may stay."""
    if not any(sign in value for sign in "(\\@<"):
        return value
    return ";".join(part for part in value.split(";") if not any(sign in _CALL.sub("", part) for sign in "(\\@<"))


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    clean_content_tags={
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
    },
    attributes={"*": _COMMON, **_ATTRIBUTES},
    attribute_filter=_filtered,
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_schemes={"http", "https", "mailto", "tel", "cid", "data", "remote"},
    url_relative="deny",
    filter_style_properties=set(_STYLES.split()),
)
