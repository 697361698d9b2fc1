"""The program between Otvet and its PostgreSQL: starts it, starts it again if it is killed, ends it with us.

It is run as a file of its own and holds the reading end of a pipe whose other end only its owner has. When the
owner ends, in whatever way, the pipe closes, and the server is stopped: none is ever left behind.
"""

import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1  # prctl(2)
LOOK_EVERY = 0.2
# How PostgreSQL ends, gentlest first, and the seconds each way is given: fast, immediate, none.
ENDINGS = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 1.0))
PATIENCE = 60.0  # seconds within which a server that was killed must answer again


def keep(order: dict[str, Any]) -> int:
    """Run the server until the owner is gone. Return 0 then, or the server's exit code if it will not stay."""
    log = Path(order["log"])
    if log.exists():
        log.replace(log.with_suffix(".log.former"))
    # Cleaners of temporary folders leave a locked one alone (tmpfiles.d(5)).
    run = os.open(order["run"], os.O_RDONLY)
    fcntl.flock(run, fcntl.LOCK_SH)
    server, answered, began_again, since = _spawn(order), False, False, time.monotonic()
    while not _owner_is_gone():
        if server.poll() is None:
            answered = answered or _answers(server, order)
            continue
        if answered:
            began_again, since = False, time.monotonic()
        # Leaving by itself is an answer (a refusal, say); only a server that was killed is worth another try,
        # and one that finds the dead server's last processes still there.
        if time.monotonic() - since > PATIENCE or (server.returncode > 0 and not began_again):
            return server.returncode or 1
        time.sleep(LOOK_EVERY)
        server, answered, began_again = _spawn(order), False, True
    _end(server)
    shutil.rmtree(order["run"], ignore_errors=True)
    return 0


def _owner_is_gone() -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], LOOK_EVERY)
    return bool(readable)


def _answers(server: subprocess.Popen[bytes], order: dict[str, Any]) -> bool:
    """Whether this server has said in its folder that it is ready: the number of its process first, its state last."""
    try:
        said = (Path(order["folder"]) / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(said) > 7 and said[0] == str(server.pid) and said[7].strip() == "ready"


def _spawn(order: dict[str, Any]) -> subprocess.Popen[bytes]:
    with Path(order["log"]).open("ab") as log:
        return subprocess.Popen(
            order["server"],
            cwd=order["folder"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_the_keeper,  # one thread, nothing else could be in the way
            **order["as_user"],
        )


def _die_with_the_keeper() -> None:
    # Even if this program itself is killed the server must not stay. Only Linux can promise that.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _end(server: subprocess.Popen[bytes]) -> None:
    for way, seconds in ENDINGS:
        server.send_signal(way)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    sys.exit(keep(json.loads(sys.argv[1])))
