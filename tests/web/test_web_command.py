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
from pathlib import Path

import psutil
import pytest

from barometer.cli._staff import add_member
from barometer.problems import BadInput
from barometer.web.accounts.models import User
from barometer.web.accounts.queries import may
from barometer.web.accounts.roles import Permission

PATIENCE = 60  # seconds


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


@pytest.mark.journey
def test_what_dies_is_started_again_and_everything_ends_when_told(workspace: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--workers", "1", "--development-mailbox"]
    command = [sys.executable, "-c", "from barometer.cli import main; main()", "--workspace", str(workspace), "web"]
    web = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, web)
        family = psutil.Process(web.pid).children(recursive=True)
        database = psutil.Process(int((workspace / "data/postgres/postmaster.pid").read_text().split()[0]))
        for one in (*family, database):
            one.kill()
        wait_for(port, web)
        web.send_signal(signal.SIGTERM)
        assert web.wait(PATIENCE) == 0
    finally:
        web.kill()
        web.wait()
    assert not answers(port)
    keys = sorted((workspace / "data" / "keys").iterdir())
    assert [(one.name, oct(one.stat().st_mode)[-3:]) for one in keys] == [("link-key", "600"), ("secret-key", "600")]


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
