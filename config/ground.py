"""What a command stands on before Django is set up: a database, keys, and the one who owns them.

With DATABASE_URL that is the company's own; without it Otvet brings its own, in the data folder.
"""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import keys
from config.lock import Held, Lock
from config.postgres.cluster import Cluster, url_of

PROJECT = Path(__file__).resolve().parent.parent
ROOM = 200 * 2**20
START = "start"
# These read no row: they must work where no database can, and never start one.
NEED_NO_DATABASE = {
    "inspect_email",
    "inspect_payload",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "spectacular",
    "diffsettings",
}
USAGE = """Otvet:
  manage.py start [--port N]                 everything at once; without DATABASE_URL with a database of its own
  manage.py test [--no-install] [pytest ...] the whole check
  manage.py test --screens DIR               pictures of the main screens, light, dark and on a phone
  manage.py bench NAME                       what things cost, as one line of JSON: ingest, list, live, screen, sweep
  manage.py simulate [--days N] [...]        a company at work for days, and what must always hold asked all along
  manage.py inspect_email FILE... [--json]   what is understood of a mail; inspect_payload does it for the networks
  manage.py web | worker | beat | listen     the servers of production, each one its own process
"""


def run() -> None:
    """Do what the command line says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        _dispatch(name)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
    except OSError as trouble:
        # Of the machine's troubles only these two have a simple cure; a bug shows itself in full.
        if isinstance(trouble, PermissionError) and str(trouble.filename or "").startswith(str(data_folder())):
            sys.exit(
                f"Otvet may not write {trouble.filename}: it belongs to another user. Give {data_folder()} to one."
            )
        if trouble.errno != errno.ENOSPC:
            raise
        sys.exit(f"The disk that holds {trouble.filename or data_folder()} is full; free some space and try again.")


def _dispatch(name: str) -> None:
    from config import benching, checking, servers, simulating, start

    if name == START:
        start.start(sys.argv[2:])
    elif name == "bench":
        sys.exit(benching.bench(sys.argv[2:]))
    elif name == "simulate":
        sys.exit(simulating.simulate(sys.argv[2:]))
    elif name == "test":
        sys.exit(checking.check(sys.argv[2:]))
    elif name in servers.SERVERS:
        servers.serve(name, sys.argv[2:])
    elif name in {"help", "--help", "-h"}:
        print(USAGE, file=sys.stderr)
        _without_database()
    elif name in NEED_NO_DATABASE:
        _without_database()
    else:
        with database(about=name):
            set_up_django()
            _django()


def data_folder() -> Path:
    """Where an embedded installation keeps everything, and any installation its mails and files."""
    return Path(os.environ.get("OTVET_DATA") or PROJECT / "data").absolute()


@contextmanager
def database(about: str) -> Iterator[Cluster | None]:
    """A database in DATABASE_URL for as long as this lasts; yields the cluster if we brought our own.

    A running `start` shares its database with other commands. Leave with a sentence if another command has it.
    """
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    folder = data_folder()
    _make_data_folder(folder)
    lock, cluster = Lock(folder / "lock"), Cluster(folder / "postgres")
    try:
        lock.take(about)
    except Held as other:
        os.environ["DATABASE_URL"] = _shared(folder, str(other), about)
        _embedded(folder)
        yield None
        return
    try:
        cluster.start()
        os.environ["DATABASE_URL"] = url_of(cluster.folder) or ""
        _embedded(folder)
        yield cluster
    finally:
        cluster.stop()
        lock.release()


def _make_data_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as trouble:
        sys.exit(f"Otvet cannot keep its data in {folder}: {trouble.strerror}. OTVET_DATA can name another folder.")
    keys_of_another = folder / "keys.env"
    if os.geteuid() == 0 and keys_of_another.exists() and keys_of_another.stat().st_uid != 0:
        # What root writes here its owner could not write again.
        sys.exit(
            f"The data in {folder} belongs to {_owner_of(keys_of_another)}: start Otvet as that user, not as root."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        sys.exit(f"Otvet may not write to {folder}; run it as the owner of that folder.")
    if free < ROOM:
        sys.exit(
            f"The disk that holds {folder} is full: {free // 2**20} MB are free, and Otvet needs {ROOM // 2**20} MB."
        )


def _owner_of(file: Path) -> str:
    try:
        return file.owner()
    except KeyError:  # of a user that only another machine, or a container, has a name for
        return f"user number {file.stat().st_uid}"


def _shared(folder: Path, other: str, about: str) -> str:
    """The address of the database that a running `start` lends us, or leave with a sentence."""
    if about.startswith(START):
        sys.exit(f"Otvet is already running on {folder} ({other or 'it is just starting'}).")
    url = url_of(folder / "postgres") if other.startswith(START) else None
    if url is None:
        sys.exit(
            f"Another command ({other or 'unknown'}) is using the database in {folder}; try again when it has ended."
        )
    return url


def _embedded(folder: Path) -> None:
    os.environ["OTVET_EMBEDDED"] = "1"
    os.environ["OTVET_DATA"] = str(folder)  # however the caller wrote it
    keys.lay_out(folder / "keys.env")
    (folder / "static").mkdir(exist_ok=True)  # stays empty here, but the file server warns if it is not there


def set_up_django() -> None:
    """Read the settings; leave with their sentence if something is missing from the environment."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as trouble:
        sys.exit(f"Otvet is not configured: {trouble}")


def _without_database() -> None:
    # Keys that seal nothing and an address nobody calls: settings want them, these commands do not.
    os.environ.setdefault("DATABASE_URL", "postgresql:///nowhere")
    for name, value in keys.made().items():
        os.environ.setdefault(name, value)
    set_up_django()
    _django()


def _django() -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
