"""The servers that customers of the demo live on: a mail server, X and Facebook, each a stand-in on this machine."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from connectors.sandbox.graph.server import GraphServer
from connectors.sandbox.mail.server import HOST, MailServer, Ports
from connectors.sandbox.x.server import XServer, address


@dataclass(frozen=True, slots=True)
class Town:
    """The servers of this start, and where they listen."""

    mail: MailServer
    ports: Ports
    x: XServer
    x_address: str
    graph: GraphServer


_town: Town | None = None


@contextmanager
def open_town(folder: Path) -> Iterator[Town]:
    """Run the servers, each with a folder of its own in `folder`, and let the pages know them."""
    global _town
    with ExitStack() as stack:
        mail = MailServer(folder)
        ports = mail.start()
        stack.callback(mail.stop)
        x = XServer(folder / "x")
        x_port = x.start()
        stack.callback(x.stop)
        graph = GraphServer(folder / "facebook")
        graph_port = graph.start()
        stack.callback(graph.close)
        # The one list that lets a line be plain and a machine be this one; nobody but the embedded default sets it.
        here = (ports.imap, ports.smtp, x_port, graph_port)
        os.environ["OTVET_REACH"] = ",".join(f"{HOST}:{port}" for port in here)
        _town = Town(mail, ports, x, address(x_port), graph)
        try:
            yield _town
        finally:
            _town = None


def the_town() -> Town | None:
    """The servers of this start; None where there is no demo."""
    return _town
