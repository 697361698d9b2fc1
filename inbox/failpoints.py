"""Places where a test may kill the process. They do nothing unless the environment names them.

`OTVET_FAILPOINT=name` kills at the first pass, `name:3` at the third. `OTVET_FAILPOINT_LOG=file` notes that it was
reached, so that a kill that never happened is not counted. `OTVET_FAILPOINT_KILLS=pid` makes another process die
at this point, the database for one, while this one goes on.
"""

import os
import signal
from itertools import count
from pathlib import Path

NAMES = (
    "after_fetch",  # mail was brought, no row names it
    "after_body_kept",  # what a provider pushed is written, no row names it
    "before_drop_commit",  # rows and cursor are written, not committed
    "after_drop_commit",  # the mail is ours, nobody was told
    "after_drop_hint",  # workers were told, a provider that pushed it was not answered
    "after_claim",  # the attempt is counted
    "after_parse",
    "before_receive_commit",
    "after_receive_commit",
    "amid_upload",  # a part of an agent's file is on the disk
    "after_upload_kept",  # all of it is, no row names it
    "before_reply_commit",  # the agent's answer is written, not committed
    "after_reply_commit",  # it is ours, nobody was told
    "after_reply_hint",  # workers were told, the agent was not
    "after_delivery_claim",
    "before_wire",
    "after_wire",  # committed as on the wire, not a byte sent
    "after_accepted",  # the provider took it, no row says so
    "after_sent_commit",
)
_wanted, _, _nth = os.environ.get("OTVET_FAILPOINT", "").partition(":")
_passes = count(1)


def failpoint(name: str) -> None:
    """Die here by SIGKILL (or let another die) if the environment asks for it."""
    if name == _wanted and next(_passes) == int(_nth or 1):
        if log := os.environ.get("OTVET_FAILPOINT_LOG"):
            with Path(log).open("a") as file:
                file.write(f"{name}\n")
                file.flush()
                os.fsync(file.fileno())
        os.kill(int(os.environ.get("OTVET_FAILPOINT_KILLS") or os.getpid()), signal.SIGKILL)
