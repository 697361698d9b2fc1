"""A desk that was really started: `manage.py start` as a process, on a free port, with a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.ground import PROJECT

OURS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "INBOX_KEYS", "PUBLIC_URL", "OTVET_DATA", "OTVET_EMBEDDED"}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def environment(data: Path) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS} | {"OTVET_DATA": str(data)}


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(PROJECT / "manage.py"), *arguments]


def ask(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments), env=environment(data) | more, capture_output=True, text=True, check=False, timeout=120
    )


@dataclass
class Running:
    """A started Otvet, what it said, and all its processes."""

    process: subprocess.Popen[str]
    data: Path
    port: int
    said: str

    def family(self) -> list[psutil.Process]:
        us = psutil.Process(self.process.pid)
        return [us, *us.children(recursive=True)]


def start(data: Path, *, until_it_says: str = "kim", **more: str) -> Running:
    port = free_port()
    process = subprocess.Popen(
        command("start", "--port", str(port)), env=environment(data) | more, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = ""
    while until_it_says not in said:
        line = process.stdout.readline()
        assert line, f"it ended with {process.wait()} after saying {said!r}"
        said += line
    return Running(process, data, port, said)


def end(running: Running) -> None:
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGINT)
    running.process.communicate(timeout=200)
