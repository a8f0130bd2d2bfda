"""`barometer web` and `barometer staff`: the installation starts, keeps itself running, and stops when told."""

import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from barometer.cli import main
from barometer.cli._staff import add_member
from barometer.problems import BadInput
from barometer.web.accounts.models import User
from barometer.web.accounts.queries import may
from barometer.web.accounts.roles import Permission

PATIENCE = 180  # seconds; a busy machine starts slowly


@pytest.fixture
def workspace() -> Iterator[Path]:
    """A folder the embedded server's own user may enter."""
    with tempfile.TemporaryDirectory(prefix="barometer-web-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/mailbox/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_for(port: int, web: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while not answers(port):
        assert web.poll() is None and time.monotonic() < until
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def run_web(workspace: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", "from barometer.cli import main; main()", "--workspace", str(workspace), "web"]
    options = ["--port", str(port), "--workers", "1", "--development-mailbox"]
    return subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def database_of(workspace: Path) -> psutil.Process:
    return psutil.Process(int((workspace / "data/postgres/postmaster.pid").read_text().split()[0]))


def revived(workspace: Path, died: psutil.Process) -> psutil.Process:
    """The database once another process of it runs."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(psutil.NoSuchProcess, ValueError, IndexError, FileNotFoundError):
            found = database_of(workspace)
            if found != died and "ready" in (workspace / "data/postgres/postmaster.pid").read_text():
                return found
        time.sleep(0.2)
    raise AssertionError("the database stays dead")


@pytest.mark.journey
def test_what_dies_is_started_again_and_everything_ends_when_told(workspace: Path) -> None:
    port = free_port()
    web = run_web(workspace, port)
    try:
        wait_for(port, web)
        family = psutil.Process(web.pid).children(recursive=True)
        for one in (*family, database_of(workspace)):
            one.kill()
        wait_for(port, web)
        web.send_signal(signal.SIGTERM)
        assert web.wait(PATIENCE) == 0
    finally:
        web.kill()
        web.wait()
    assert not answers(port)
    assert not (workspace / "data/postgres/postmaster.pid").exists()
    keys = sorted((workspace / "data" / "keys").iterdir())
    assert {one.name for one in keys} >= {"link-key", "secret-key"}
    assert {oct(one.stat().st_mode)[-3:] for one in keys} == {"600"}


@pytest.mark.journey
def test_after_a_kill_nothing_is_left_in_the_way_and_an_ordinary_end_leaves_nothing(workspace: Path) -> None:
    port = free_port()
    web = run_web(workspace, port)
    try:
        wait_for(port, web)
        family = psutil.Process(web.pid).children(recursive=True)
        died = database_of(workspace)
        died.kill()
        database = revived(workspace, died)  # a child of nobody
        web.kill()
        web.wait()
        _, alive = psutil.wait_procs(family, PATIENCE)
        assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]
        web = run_web(workspace, port)
        wait_for(port, web)
        assert database_of(workspace) == database  # taken over
        web.send_signal(signal.SIGTERM)
        assert web.wait(PATIENCE) == 0
        database.wait(PATIENCE)
    finally:
        web.terminate()
        web.wait()
    assert not (workspace / "data/postgres/postmaster.pid").exists()


def test_a_port_in_use_is_one_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SystemExit) as ended:
        main(["--workspace", str(tmp_path), "web", "--port", str(other.getsockname()[1])])
    assert ended.value.code != 0
    told = capsys.readouterr()
    assert (told.out + told.err).count("C080") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_a_member_gets_a_role_in_one_edition() -> None:
    add_member(email="Ida@example.org", name="", password="", role="field_manager", edition="demo")
    user = User.objects.get(email="ida@example.org")
    assert may(user, Permission.RUN, "demo") and not may(user, Permission.RUN, "another")


@pytest.mark.django_db
def test_a_generated_password_is_told_and_works() -> None:
    password = add_member(email="ida@example.org", name="Ida", password="", role="analyst", edition="")
    assert User.objects.get().check_password(password)


@pytest.mark.django_db
def test_everything_wrong_with_an_account_is_told_at_once() -> None:
    with pytest.raises(BadInput) as bad:
        add_member(email="no address", name="", password="12345", role="managr", edition="")
    assert [problem.code for problem in bad.value.problems] == ["C048"] * 3
    assert not User.objects.exists()
