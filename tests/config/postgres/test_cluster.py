import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from config.postgres import making
from config.postgres.cluster import Cluster, url_of
from config.postgres.errors import DatabaseTrouble
from tests.waiting import until

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Deep inside a closed folder, with spaces, and with a path that no Unix socket could have."""
    closed = tmp_path / "home of ada agent"
    deep = closed / ("a folder with a long name " * 5).strip() / "data"
    deep.mkdir(parents=True)
    closed.chmod(0o700)
    assert len(str(deep)) > 107
    return deep / "postgres"


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(folder, lasting=False)
    yield cluster
    cluster.stop()


def ask(folder: Path, statement: str) -> object:
    with psycopg.connect(url_of(folder) or "", autocommit=True) as connection:
        answer = connection.execute(statement)
        row = answer.fetchone() if answer.description else None
        return row and row[0]


def servers_in(folder: Path) -> list[psutil.Process]:
    """All processes of the server, its keeper included."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) or any(str(folder) in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.pid != os.getpid()]


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))


def keep_a_row(folder: Path) -> None:
    ask(folder, "CREATE TABLE kept AS SELECT 42 AS answer")


def answers(folder: Path) -> bool:
    try:
        return ask(folder, "SELECT answer FROM kept") == 42
    except psycopg.Error:
        return False


def test_no_mode_of_any_folder_above_is_changed(cluster: Cluster, folder: Path) -> None:
    above = {step: (step.stat().st_mode, step.stat().st_uid) for step in folder.parents}
    cluster.start()
    ask(folder, "SELECT 1")
    cluster.stop()
    assert {step: (step.stat().st_mode, step.stat().st_uid) for step in folder.parents} == above


def test_the_server_is_never_root_and_its_folder_is_closed(cluster: Cluster, folder: Path) -> None:
    cluster.start()
    assert postmaster(folder).uids().real == folder.stat().st_uid != 0
    assert folder.stat().st_mode & 0o077 == 0
    socket = Path(str(ask(folder, "SHOW unix_socket_directories")))
    assert socket.stat().st_mode & 0o077 == 0
    assert ask(folder, "SHOW listen_addresses") == ""


def test_it_speaks_both_languages_whatever_the_machine_speaks(cluster: Cluster, folder: Path) -> None:
    cluster.start()
    assert ask(folder, "SELECT lower('ПРИВЕТ')") == "привет"
    assert ask(folder, "SELECT to_tsvector('russian', 'письма houses')::text") == "'hous':2 'письм':1"


def test_rows_are_there_after_a_stop_and_a_start(cluster: Cluster, folder: Path) -> None:
    cluster.start()
    keep_a_row(folder)
    cluster.stop()
    assert url_of(folder) is None
    cluster.start()
    assert answers(folder)


def test_a_server_that_was_killed_is_started_again_with_its_rows(cluster: Cluster, folder: Path) -> None:
    cluster.start()
    keep_a_row(folder)
    killed = postmaster(folder)
    killed.kill()
    killed.wait()
    until(lambda: answers(folder), "the server answers again")
    assert postmaster(folder).pid != killed.pid
    assert not cluster.has_ended()


def test_one_that_always_came_back_is_started_again_however_often_it_is_killed(cluster: Cluster, folder: Path) -> None:
    cluster.start()
    keep_a_row(folder)
    for _ in range(12):
        killed = postmaster(folder)
        killed.kill()
        killed.wait()
        until(lambda: answers(folder), "the server answers again")
    assert not cluster.has_ended()


def test_nothing_is_left_when_the_owner_is_killed(cluster: Cluster, folder: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from config.postgres.cluster import Cluster\n"
        "Cluster(Path(sys.argv[1]), lasting=False).start(); print('ready', flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen([sys.executable, "-c", program, str(folder)], cwd=PROJECT, stdout=subprocess.PIPE)
    assert owner.stdout is not None
    with owner, owner.stdout:
        assert owner.stdout.readline() == b"ready\n"
        keep_a_row(folder)
        owner.kill()
    # At once, while the former server may still be on its way out:
    cluster.start()
    assert answers(folder)
    cluster.stop()
    until(lambda: not servers_in(folder), "no process works in the folder")


def test_nothing_is_left_when_the_keeper_is_killed(cluster: Cluster, folder: Path) -> None:
    cluster.start()
    keep_a_row(folder)
    keeper = postmaster(folder).parent()
    assert keeper is not None
    keeper.kill()
    until(lambda: not servers_in(folder), "no process works in the folder")
    assert cluster.has_ended()
    cluster.stop()
    cluster.start()
    assert answers(folder)


def test_the_number_of_a_dead_server_may_belong_to_another_program_now(cluster: Cluster, folder: Path) -> None:
    cluster.start()
    lines = (folder / "postmaster.pid").read_text().splitlines()
    cluster.stop()
    # A program of the server's own user: PostgreSQL itself would mistake it for a server.
    user = making.as_user(making.owner_of(folder))
    with subprocess.Popen(["sleep", "600"], cwd="/", **user) as other:  # type: ignore[call-overload]  # names by dict
        try:
            (folder / "postmaster.pid").write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
            cluster.start()
            assert ask(folder, "SELECT 1") == 1
        finally:
            other.kill()


def test_a_cluster_whose_making_was_cut_short_is_made_anew(cluster: Cluster, folder: Path) -> None:
    half = folder.with_name("postgres.half-made")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    cluster.start()
    assert ask(folder, "SELECT 1") == 1
    assert not half.exists()


def test_a_cluster_that_cannot_start_says_why_in_one_sentence(cluster: Cluster, folder: Path) -> None:
    cluster.start()
    cluster.stop()
    (folder / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(DatabaseTrouble, match=r"did not start: .*configuration file .* contains errors"):
        cluster.start()
    assert not servers_in(folder)


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    said = making.reason(tmp_path / "postgres", "FATAL:  could not write file: No space left on device")
    assert said == f"The disk that holds {tmp_path} is full; free some space and start again."


def test_whatever_it_said_last_is_the_reason(tmp_path: Path) -> None:
    assert making.reason(tmp_path / "postgres", "could not look it up\n").endswith(
        "did not start: could not look it up"
    )
    assert making.reason(tmp_path / "postgres", "").endswith("did not start: it gave no reason")


def test_a_user_without_a_name_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 61000)
    with pytest.raises(DatabaseTrouble, match=r"number 61000 has none on this machine: start Otvet as a user"):
        making.make_cluster(tmp_path / "postgres", tmp_path, None, lasting=False)
