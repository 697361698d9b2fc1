"""Posts on other walls that name the Page, as the gap check finds them (graph-api/reference, page/tagged).

They are made into what a webhook tells of them, so that both are one. Comments that name it stand on no list: of those
only a webhook tells.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.errors import CredentialsRefused, Rejected
from connectors.facebook.api import Api
from connectors.facebook.carriers import ADDED, Kind, Thing
from connectors.facebook.moments import moment
from connectors.facebook.pages import page as one_page
from connectors.facebook.shapes import Json, id_in
from connectors.facebook.wanted import MENTION

LOOK_BACK = timedelta(days=7)
_NEWEST = "100"


def recent(api: Api, page: str, since: datetime) -> Iterator[Thing]:
    """Those that were written since. None where Facebook does not show them to our app. Raise TryLater."""
    try:
        posts, _ = one_page(api, f"{page}/tagged", fields=MENTION, limit=_NEWEST)
    except (CredentialsRefused, Rejected):
        return  # a permission of its own may be wanted; what ends all access is told by every other call, too
    for post in posts:
        at = moment(post.get("created_time"))
        if at is not None and at >= since and not id_in(post).startswith(f"{page}_"):
            told = {name: value for name, value in post.items() if name in ("message", "created_time")}
            value = {"item": "post", "verb": ADDED, "post_id": id_in(post), **told}
            yield Thing(kind=Kind.MENTION, account=page, part="", data=value)


def as_told(value: Json, page: str) -> Json:
    """The body of the webhook that tells of it."""
    return {"object": "page", "entry": [{"id": page, "changes": [{"field": "mention", "value": value}]}]}
