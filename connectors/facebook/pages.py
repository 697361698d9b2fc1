"""An edge of the API, page after page: by its cursors, for the address of the next page lacks our proof."""

from collections.abc import Iterator, Sequence

from connectors.facebook.api import Api
from connectors.facebook.shapes import Json, listed, mapping, text_in

MOST_PAGES = 200


def pages(api: Api, path: str, *, after: str = "", **query: str) -> Iterator[Json]:
    """The nodes of an edge in the order of Facebook, asked for as they are needed. Raise a ChannelError."""
    for _ in range(MOST_PAGES):
        nodes, after = page(api, path, after=after, **query)
        yield from nodes
        if not after:
            return


def page(api: Api, path: str, *, after: str = "", **query: str) -> tuple[Sequence[Json], str]:
    """One page of an edge, and the cursor behind which the next one begins. Raise a ChannelError."""
    answer = api.get(path, **query, **({"after": after} if after else {}))
    return listed(answer), next_after(answer)


def next_after(answer: Json) -> str:
    """The cursor behind which the next page begins; empty on the last page."""
    paging = mapping(answer.get("paging"))
    return text_in(mapping(paging.get("cursors")), "after") if paging.get("next") else ""
