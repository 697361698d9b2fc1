"""X on this machine: start it, stop it, and do on it what people do."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from connectors.sandbox.hooks import Hooks
from connectors.sandbox.served import HOST, Served
from connectors.sandbox.x.answering import Answering
from connectors.sandbox.x.asking import Platform
from connectors.sandbox.x.callers import App
from connectors.sandbox.x.consent import Consent
from connectors.sandbox.x.events import Herald
from connectors.sandbox.x.street import Control, Street
from connectors.sandbox.x.switches import Switches
from connectors.sandbox.x.world import World

OURS: Mapping[str, str] = {"demo": "Demo"}
RETRY_SECONDS: Sequence[float] = (0.5, 2, 10, 60, 600, 3600)


class XServer(Street):
    """X in a thread of its own, with everything it knows in a folder; its port stays the same for the folder.

    `ours` are the usernames (and names) of the accounts that one may log in with. `clock` is in epoch seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        ours: Mapping[str, str] = OURS,
        app: App | None = None,
        clock: Callable[[], float] = time.time,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        world = World(folder, clock)
        platform = Platform(world, app or App(), Switches(folder), Hooks(folder, retry_seconds))
        consent = Consent(world, platform.app)
        super().__init__(platform, consent)
        herald = Herald(platform)
        herald.finish_last()
        world.watchers.append(herald.tell)
        self._served = Served(folder, Answering(platform, consent, Control(self)))
        for username, name in ours.items():
            self.account(username, name, ours=True)

    @property
    def app(self) -> App:
        """The keys that the sandbox's admin types in."""
        return self.platform.app

    def start(self, port: int | None = None) -> int:
        """Listen, at this port or at that of last time, and return which. Raise OSError if it is taken."""
        chosen = self._served.start(port)
        self.platform.hooks.start()
        return chosen

    def stop(self) -> None:
        """Stop listening and telling. Everything is on disk; what was not told yet is told after the next start."""
        self._served.stop()
        self.platform.hooks.close()
        self.platform.world.close()


def address(port: int) -> str:
    """The base address to redirect https://api.twitter.com, https://api.x.com and the media hosts to."""
    return f"http://{HOST}:{port}"
