"""What a bench talks to: a provider's stand-in, a process of its own, filled on disk beforehand."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Provider:
    """A stand-in that listens: its process id, what the channel's form is filled in with, how many files it holds."""

    process: int
    values: Mapping[str, object]
    files: int


@contextmanager
def listening(module: str, folder: Path) -> Iterator[tuple[int, dict[str, int]]]:
    """Run a stand-in over a folder and let it be reached: its process id, and the ports that it tells by name."""
    with subprocess.Popen([sys.executable, "-m", module, str(folder)], stdout=subprocess.PIPE) as server:
        if server.stdout is None:
            raise RuntimeError(f"{module} said nothing")
        ports = json.loads(server.stdout.readline())
        os.environ["OTVET_REACH"] = ",".join(f"{HOST}:{port}" for port in ports.values())
        try:
            yield server.pid, ports
        finally:
            server.terminate()
