"""Otvet as it really runs, in two ways: everything in one process, and as in production. Each process can be killed."""

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import psutil

from config import keys, throwaway
from config.ground import PROJECT
from config.postgres.cluster import Cluster, url_of
from connectors.sandbox.mail.server import ADDRESS, HOST
from tests.config import desk
from tests.journeys.oracle import Verdict, Witness
from tests.journeys.staff import PATIENCE_SECONDS, Clerk
from tests.waiting import until

_numbers = count(1)

Process = subprocess.Popen[str]


class House(ABC):
    """What both ways share: customers, a mail server's folder, and the log of failpoints that were reached."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.reached = folder / "reached"
        self.witness = Witness(self.mail_folder)

    @property
    @abstractmethod
    def mail_folder(self) -> Path:
        """Where the mail server keeps what it has."""

    @property
    def smtp_port(self) -> int:
        port: int = json.loads((self.mail_folder / "ports.json").read_bytes())[1]
        return port

    def write(self, mails: int = 1) -> None:
        """Customers write to the company, each about something new; what the server did not take was not written."""
        with (
            suppress(smtplib.SMTPServerDisconnected, ConnectionError),
            smtplib.SMTP(HOST, self.smtp_port, timeout=30) as line,
        ):
            for number in (next(_numbers) for _ in range(mails)):
                mail = EmailMessage()
                mail["From"] = f"Carla <carla{number}@example.com>"
                mail["To"] = ADDRESS
                mail["Subject"] = f"Lamp {number}"
                mail["Message-ID"] = f"<{number}.{os.getpid()}@example.com>"
                mail.set_content(f"Lamp {number} arrived broken.")
                line.send_message(mail)

    def armed(self, failpoint: str, victim: int | None = None) -> dict[str, str]:
        """What a process must find in its environment to die, or to let another one die, at this point."""
        self.reached.unlink(missing_ok=True)
        kills = {"OTVET_FAILPOINT_KILLS": str(victim)} if victim else {}
        return {"OTVET_FAILPOINT": failpoint, "OTVET_FAILPOINT_LOG": str(self.reached), **kills}

    def has_reached(self, failpoint: str) -> bool:
        return self.reached.exists() and failpoint in self.reached.read_text().split()

    def is_settled(self, clerk: Clerk) -> bool:
        """Whether everything that lies in the mailbox is here, and nothing of ours is under way.

        A copy in Sent counts: one that is still to be fetched would kill the next process that dies at a fetch early.
        """
        lying = self.witness.lying()
        account = clerk.ask("account")
        everything = set(self.witness.taken_in()) <= set(account["mails"]) and lying <= account["items"]
        return everything and not account["waiting"] and not account["under_way"]

    def settle(self, clerk: Clerk, *, hurry: bool) -> None:
        """Wait until that is so. The clerk does what must be a minute apart, and in a `hurry` rings the bell.

        The bell is a hint that shortens the wait for a sweep; that the sweeps suffice is proven without it.
        """

        def done() -> bool:
            clerk.ask("settle")
            if hurry:
                clerk.ask("ring")
            return _soon(lambda: self.is_settled(clerk))

        try:
            until(done, "everything has come in and gone out", PATIENCE_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}: {clerk.ask('account')}") from None

    def judge(self, clerk: Clerk) -> Verdict:
        return self.witness.judge(clerk.ask("account"))


def killed(process: Process) -> bool:
    """Wait for its end; whether that was SIGKILL."""
    return process.wait(PATIENCE_SECONDS) == -signal.SIGKILL


class Split(House):
    """PostgreSQL, Redis, the mail server, web, worker and timetable: each a process of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.database = Cluster(folder / "postgres", lasting=False)  # it is killed; the machine keeps its power
        self.redis_port, self.web_port = desk.free_port(), desk.free_port()
        self._running: list[Process] = []

    @property
    def mail_folder(self) -> Path:
        return self.folder / "sandbox"

    def open(self) -> None:
        """Start the servers that are not ours, make the tables and the demo's company."""
        self.folder.mkdir(parents=True, exist_ok=True)
        throwaway.copy_tables(self.database.folder)
        self.database.start()
        self.redis = self.start_redis()
        self.mail_server = self._mail_server()
        reach = ",".join(f"{HOST}:{port}" for port in self.ports())
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **desk.environment(self.data),
            **keys.made(),
            "DATABASE_URL": url_of(self.database.folder) or "",
            "REDIS_URL": f"redis://{HOST}:{self.redis_port}/0",
            "PUBLIC_URL": f"http://{HOST}:{self.web_port}",
            "OTVET_REACH": reach,
        }
        for command in (["migrate"], ["collectstatic", "--noinput"]):
            subprocess.run(desk.command(*command, "-v", "0"), env=self.environment, check=True)
        self.clerk = Clerk(self.environment)
        imap, smtp = json.loads((self.mail_folder / "ports.json").read_bytes())
        self.clerk.ask("found", imap=imap, smtp=smtp)

    def ports(self) -> list[int]:
        """Where the servers listen that the desk talks to."""
        ports: list[int] = json.loads((self.mail_folder / "ports.json").read_bytes())
        return ports

    def close(self) -> None:
        for process in self._running:
            stop(process)
        self.clerk.leave()
        for process in (self.mail_server, self.redis):
            stop(process)
        self.database.stop()

    def start_redis(self) -> Process:
        command = ["redis-server", "--port", str(self.redis_port), "--save", "", "--maxmemory-policy", "noeviction"]
        redis = self.spawn(command, "redis", {**os.environ})
        until(lambda: _answers(self.redis_port), "Redis listens")
        return redis

    def _mail_server(self) -> Process:
        server = self.spawn(
            [sys.executable, "-m", "connectors.sandbox.mail", str(self.mail_folder)], "mail", {**os.environ}
        )
        until((self.mail_folder / "ports.json").exists, "the mail server listens")
        return server

    @contextmanager
    def running(self, name: str, **more: str) -> Iterator[Process]:
        """`manage.py web`, `worker` or `beat`, until the end of this block unless it ends by itself."""
        process = self.start(name, **more)
        try:
            yield process
        finally:
            stop(process)

    def start(self, name: str, **more: str) -> Process:
        pool = more.pop("pool", "threads")
        ways = {"web": ["--port", str(self.web_port)], "worker": ["--pool", pool, "--concurrency", "2"]}
        process = self.spawn(desk.command(name, *ways.get(name, [])), name, self.environment | more)
        if name == "web":
            until(lambda: _answers(self.web_port), "the web server listens")
        return process

    def postmaster(self) -> int:
        return int((self.database.folder / "postmaster.pid").read_text().splitlines()[0])

    @property
    def address(self) -> str:
        return self.environment["PUBLIC_URL"]

    def spawn(self, command: list[str], name: str, environment: dict[str, str]) -> Process:
        with (self.folder / f"{name}.log").open("a") as said:
            process = subprocess.Popen(
                command, env=environment, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=said, stderr=said, text=True
            )
        self._running.append(process)
        return process


class Embedded(House):
    """`manage.py start`: everything but PostgreSQL in one process, the mail server too."""

    @property
    def mail_folder(self) -> Path:
        return self.data / "sandbox"

    def start(self, **more: str) -> Process:
        """Return once pages are answered."""
        environment = desk.environment(self.data) | more
        with (self.folder / "start.log").open("a") as errors:
            process = subprocess.Popen(
                desk.command("start", "--port", str(desk.free_port())),
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert process.stdout
        said = ""
        while "kim" not in said:
            line = process.stdout.readline()
            assert line, f"it ended with {process.wait()}: {(self.folder / 'start.log').read_text()[-2000:]}"
            said += line
        return process

    def stop(self, running: Process) -> None:
        """As Ctrl-C does."""
        desk.end(desk.Running(running, self.data, 0, ""))

    @contextmanager
    def clerk(self) -> Iterator[Clerk]:
        """A clerk for as long as the house, and with it the database, runs."""
        secrets = dict(line.split("=", 1) for line in (self.data / "keys.env").read_text().splitlines())
        ports = json.loads((self.mail_folder / "ports.json").read_bytes())
        at_work = Clerk(
            {
                **desk.environment(self.data),
                **secrets,
                "DATABASE_URL": url_of(self.data / "postgres") or "",
                "OTVET_EMBEDDED": "1",
                "OTVET_REACH": ",".join(f"{HOST}:{port}" for port in ports),
            }
        )
        try:
            yield at_work
        except AssertionError as error:
            reached = self.reached.read_text().split() if self.reached.exists() else []
            said = (self.folder / "start.log").read_text()[-2000:]
            raise AssertionError(f"{error}\nreached: {reached}\n{said}") from None
        finally:
            at_work.leave()


def stop(process: Process) -> None:
    """End it, whatever state it is in, with everything it started."""
    if process.poll() is not None:
        return
    family = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in family:
        if child.is_running():
            child.kill()
    if process.stdout:
        process.stdout.close()


def _soon(condition: Callable[[], bool]) -> bool:
    """Whether it holds within a second or two: long enough for a hint to be heard."""
    end = time.monotonic() + 2
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
