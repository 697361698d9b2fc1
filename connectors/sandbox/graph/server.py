"""The stand-in for the Graph API, Messenger and Login, and for everybody in the world who has a profile there."""

from pathlib import Path
from typing import Any

from connectors.sandbox.graph.app import GraphApp
from connectors.sandbox.graph.control import Control
from connectors.sandbox.graph.misbehaviour import Misbehaviour
from connectors.sandbox.graph.network import Network
from connectors.sandbox.graph.store import Effect
from connectors.sandbox.graph.street import Street
from connectors.sandbox.graph.things import App
from connectors.sandbox.hooks import Delivery
from connectors.sandbox.served import HOST, Served


class GraphServer:
    """The platform over a folder, in threads of its own. Once started its port stays the same for this folder.

    `street` is what people do there. Everything of it is also at `/_street/...` for other processes.
    """

    def __init__(self, folder: Path, app: App | None = None) -> None:
        self.app = app or App()
        self._network = Network(folder, self.app)
        self.street = Street(self._network)
        self._served = Served(folder, GraphApp(self._network, Control(self._network, self.street)))

    def start(self, port: int | None = None) -> int:
        """Listen at this port, else at that of last time, else at a free one, and return which.

        Raise OSError when it is taken.
        """
        listening = self._served.start(port)
        self._network.base = f"http://{HOST}:{listening}"
        self._network.hooks.start()
        self._network.send_events()
        return listening

    def stop(self) -> None:
        """Stop listening and delivering. It can be started again."""
        self._served.stop()
        self._network.hooks.stop()

    def close(self) -> None:
        """Stop for good and let go of the files."""
        self.stop()
        self._network.close()

    @property
    def base(self) -> str:
        """Where it listens, as `http://127.0.0.1:1234`."""
        return self._network.base

    # -- switches and witness

    @property
    def misbehaviour(self) -> Misbehaviour:
        """How it misbehaves now."""
        return self._network.misbehaviour.get()

    def misbehave(self, **how: Any) -> None:
        """Switch the fields of Misbehaviour; without any, behave again."""
        self._network.misbehave(**how)

    def misbehave_hooks(self, **how: Any) -> None:
        """Switch the fields of `hooks.Mischief`; without any, behave again."""
        self._network.hooks.misbehave(**how)

    def set_habits(self, **how: Any) -> None:
        """Switch some fields of Habits; the others stay."""
        self._network.set_habits(**how)

    def move_clock(self, seconds: float) -> None:
        """Let this much time pass on the platform."""
        self._network.move_clock(seconds)

    def flush(self) -> None:
        """Send the events that wait for others to share a POST with."""
        self._network.send_events(all_of_them=True)

    def settled(self) -> bool:
        """Whether no webhook waits."""
        return self._network.settled()

    def log(self) -> list[Effect]:
        """Everything an app did, oldest first: what was doubled or lost is counted here."""
        return self._network.store.effects()

    def deliveries(self) -> list[Delivery]:
        """Every webhook and what became of it."""
        return self._network.hooks.log()
