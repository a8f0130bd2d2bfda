"""How an installation bears respondents, and whether anything acknowledged is lost when it is killed under load.

    .venv/bin/python benchmarks/fieldwork_load.py --seconds 30 [--rate 100] [--burst 300] [--kill]

Starts `barometer web` with its own PostgreSQL in a temporary folder, on this machine, loopback only. Threads of this
process are respondents who answer whole questionnaires; requests begin at the rate whether or not earlier ones have
ended, and a request's time counts from when it should have begun. Then a burst of a quarter of the seconds, then
questionnaires as fast as they are taken.

With --kill web workers, mail worker and database are killed (SIGKILL) at random moments meanwhile. A respondent whose
request got no answer sends it again, as people do. The ledger has the key of every page whose redirect arrived and
every receipt seen; in the end it is held against the database.

Ends with one line of JSON: p50_ms, p95_ms, errors, burst_p95_ms, burst_errors, submissions_per_s, server_ms (CPU a
request, of web workers and PostgreSQL), lost, duplicates, mails_twice,
given_up (respondents), kills.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import psutil

from barometer.cli._browser import Answer, Browser, Fields

RESPONDENTS = 48
"""At a time."""
MOST_TRIES = 240
PAUSE = 0.25
"""Seconds before a request that got no answer is sent again."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--burst", type=float, default=300, help="requests a second in the burst")
    parser.add_argument("--kill", action="store_true")
    asked = parser.parse_args()
    with installation() as (address, workspace, web):
        more = 150 if asked.kill else 700
        field_cases(int(asked.seconds * (asked.rate + asked.burst / 4) / 6) + more, invited=100)
        print(json.dumps(measure(address, workspace, web, asked)))


def measure(
    address: str, workspace: Path, web: subprocess.Popen[bytes], asked: argparse.Namespace
) -> dict[str, object]:
    cases = iter(leaders())
    ledger = Ledger()
    fill(address, cases, ledger, seconds=1, rate=20, respondents=4)  # warm up: every process has read the questionnaire
    ledger.forget_times()
    before = server_seconds(web, workspace)
    if asked.kill:
        killer = Killer(address, web, workspace, asked.seconds)
        killer.start()
        fill(address, cases, ledger, seconds=asked.seconds, rate=asked.rate, respondents=12, patient=True)
        killer.stop()
        time.sleep(3)
        return {**ledger.figures(), **ledger.compare(), "kills": dict(killer.killed)}
    fill(address, cases, ledger, seconds=asked.seconds, rate=asked.rate)
    used = server_seconds(web, workspace) - before
    found = {**ledger.figures(), "server_ms": round(1000 * used / max(1, len(ledger.times)), 1)}
    ledger.forget_times()
    fill(address, cases, ledger, seconds=max(3.0, asked.seconds / 4), rate=asked.burst)
    found |= {f"burst_{name}": value for name, value in ledger.figures().items()}
    ledger.forget_times()
    found["submissions_per_s"] = hand_in_per_second(address, ledger, count=int(min(400, 12 * asked.seconds)))
    return found | ledger.compare()


@dataclass
class Ledger:
    """What respondents were told."""

    acknowledged: dict[str, str] = field(default_factory=dict)  # key of a rendered page -> where it led
    receipts: set[str] = field(default_factory=set)  # public ids of responses
    times: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    given_up: int = 0  # respondents who could not go on
    handed_in: int = 0

    def forget_times(self) -> None:
        self.times, self.errors = [], Counter()

    def figures(self) -> dict[str, object]:
        cuts = statistics.quantiles(self.times, n=100) if len(self.times) > 1 else [0.0] * 99
        return {
            "requests": len(self.times),
            "p50_ms": round(1000 * cuts[49], 1),
            "p95_ms": round(1000 * cuts[94], 1),
            "errors": sum(self.errors.values()),
        }

    def compare(self) -> dict[str, object]:
        """Against the database: what was acknowledged and is not there, and what is there twice."""
        from django.db import connections
        from django.db.models import Count

        from barometer.web.fieldwork.models import AnswerEvent, Case, Message, Response, Submission

        connections.close_all()
        stored = {str(once) for once in AnswerEvent.objects.values_list("once", flat=True)}
        submitted = Counter(Submission.objects.values_list("response__public_id", flat=True))
        linked = Case.objects.filter(response_key__isnull=False).count()
        twice = Message.objects.values("case_reference", "letter").annotate(n=Count("id")).filter(n__gt=1).count()
        lost = sum(once not in stored for once in self.acknowledged) + len(self.receipts - submitted.keys())
        doubled = sum(count > 1 for count in submitted.values()) + Response.objects.count() - linked
        return {
            "acknowledged": len(self.acknowledged) + len(self.receipts),
            "lost": lost,
            "duplicates": doubled,
            "mails_twice": max(twice, mailed_twice()),
            "given_up": self.given_up,
        }


class Killer(threading.Thread):
    """Kills one of the installation's processes after half a second to two, again and again, for so many seconds and
    until each kind was killed."""

    def __init__(
        self, address: str, web: subprocess.Popen[bytes], workspace: Path, seconds: float, seed: int = 7
    ) -> None:
        super().__init__(daemon=True)
        self.address, self.web, self.workspace = address, psutil.Process(web.pid), workspace
        self.seconds = seconds
        self.killed: Counter[str] = Counter()
        self._chance, self._stop_now = random.Random(seed), threading.Event()

    def run(self) -> None:
        ends = time.monotonic() + self.seconds
        targets = itertools.cycle(("web worker", "database", "mail worker"))
        while not self._stop_now.wait(self._chance.uniform(0.5, 2.0)):
            if time.monotonic() > ends and len(self.killed) == 3:
                return
            target = next(targets)
            try:
                self._processes(target).send_signal(signal.SIGKILL)
            except (psutil.Error, LookupError, OSError, ValueError):
                continue
            self.killed[target] += 1
            while not answers(self.address) and not self._stop_now.wait(0.2):
                pass  # a database that is killed while it recovers only recovers later

    def stop(self) -> None:
        self._stop_now.set()
        self.join()

    def _processes(self, target: str) -> psutil.Process:
        if target == "database":
            return database_of(self.workspace)
        child = self.web.children()
        if target == "mail worker":
            return self._chance.choice([one for one in child if "barometer.web.worker" in " ".join(one.cmdline())])
        servers = [one for one in child if "gunicorn" in " ".join(one.cmdline())]
        return self._chance.choice([worker for one in servers for worker in one.children()])


class Clock:
    """Hands out the moments at which requests should begin."""

    def __init__(self, rate: float, seconds: float) -> None:
        self._lock, self._given = threading.Lock(), 0
        self.rate, self.began = rate, time.perf_counter()
        self.ends = self.began + seconds

    def wait(self) -> float:
        with self._lock:
            moment = self.began + self._given / self.rate if self.rate else time.perf_counter()
            self._given += 1
        time.sleep(max(0.0, moment - time.perf_counter()))
        return moment

    @property
    def over(self) -> bool:
        return time.perf_counter() >= self.ends


@dataclass
class Respondent(Browser):
    """Begins each request when the clock says so, and writes down what it was told."""

    clock: Clock | None = None
    ledger: Ledger = field(default_factory=Ledger)
    patient: bool = False

    def exchange(self, method: str, path: str, body: str | None = None) -> Answer:
        assert self.clock is not None
        for _ in range(MOST_TRIES):
            moment = self.clock.wait()
            try:
                answer = super().exchange(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                answer = Answer(0, "", type(error).__name__)
            if 200 <= answer.status < 400:
                self.ledger.times.append(time.perf_counter() - moment)
                self._write_down(method, path, body, answer)
                return answer
            self.ledger.errors[f"{answer.status} {answer.text[:20]}"] += 1
            if not self.patient:
                break
            time.sleep(PAUSE)
        raise LookupError(f"{method} {path}: {answer.status} {answer.text[:200]}")

    def _write_down(self, method: str, path: str, body: str | None, answer: Answer) -> None:
        if method == "POST" and "/p/" in path and body and answer.status == 303:
            once = next(part for part in body.split("&") if part.startswith("once=")).removeprefix("once=")
            self.ledger.acknowledged[once] = answer.location
        if path.endswith("/review") and method == "POST" and answer.location.endswith("/receipt"):
            self.ledger.receipts.add(path.split("/")[2])
            self.ledger.handed_in += 1


Cases = Iterator[tuple[str, Fields, str]]
"""Link, answers and language of respondents who have not begun."""


def fill(
    address: str,
    cases: Cases,
    ledger: Ledger,
    *,
    seconds: float,
    rate: float,
    respondents: int = RESPONDENTS,
    patient: bool = False,
) -> None:
    """Respondents answer whole questionnaires until the time is over; those under way finish."""
    from barometer.cli._leaders import answer_by_browser

    clock, lock = Clock(rate, seconds), threading.Lock()

    def one_after_another() -> None:
        while not clock.over:
            with lock:
                link, answers, language = next(cases)
            browser = Respondent(address, clock=clock, ledger=ledger, patient=patient)
            try:
                answer_by_browser(browser, link, answers, language=language)
            except LookupError as error:
                ledger.given_up += 1
                ledger.errors[f"gave up: {str(error)[:150]}"] += 1
            finally:
                browser.close()

    with ThreadPoolExecutor(respondents) as pool:
        for done in [pool.submit(one_after_another) for _ in range(respondents)]:
            done.result()
    if ledger.errors:
        print(dict(ledger.errors.most_common(5)), file=sys.stderr)


def hand_in_per_second(address: str, ledger: Ledger, *, count: int) -> float:
    """Filled-in questionnaires are handed in as fast as the installation takes them."""
    clock = Clock(0, 3600)

    def to_the_overview(case: tuple[str, Fields, str]) -> tuple[Respondent, str, Fields]:
        link, _, language = case
        browser = Respondent(address, clock=clock, ledger=ledger)
        page = browser.get(link)
        page = browser.post(page.path, {**page.form.hidden, "language": [language]})
        return browser, page.path, page.form.hidden

    def hand_in(ready: tuple[Respondent, str, Fields]) -> bool:
        browser, path, fields = ready
        done = browser.exchange("POST", path, urlencode(fields, doseq=True)).location.endswith("/receipt")
        browser.close()
        return done

    with ThreadPoolExecutor(8) as pool:
        ready = list(pool.map(to_the_overview, filled_in(count)))
        began = time.perf_counter()
        done = sum(pool.map(hand_in, ready))
    return round(done / (time.perf_counter() - began), 1)


@contextmanager
def installation() -> Iterator[tuple[str, Path, subprocess.Popen[bytes]]]:
    """Address, folder and process of `barometer web` with a mailbox instead of mail."""
    with tempfile.TemporaryDirectory(prefix="barometer-load-") as folder, socket.socket() as free:
        Path(folder).chmod(0o755)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        address = f"http://127.0.0.1:{port}"
        os.environ.update(BAROMETER_BASE_URL=address, BAROMETER_DEVELOPMENT_MAILBOX="1")
        os.environ.pop("DATABASE_URL", None)
        from barometer.cli._installation import open_installation

        open_installation(folder)
        command = [sys.executable, "-c", "from barometer.cli import main; main()", "--workspace", folder, "web"]
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        command += ["--port", str(port), "--development-mailbox"]
        web = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not answers(address) and web.poll() is None:
                time.sleep(0.1)
            yield address, Path(folder), web
        finally:
            family = psutil.Process(web.pid).children(recursive=True)
            web.terminate()
            try:
                web.wait(30)
            except subprocess.TimeoutExpired:
                web.kill()
                web.wait()
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.kill()


def answers(address: str) -> bool:
    """Whether the installation and its database take requests."""
    browser = Browser(address)
    try:
        return (
            browser.exchange("GET", "/staff/login/").status == 200
            and browser.exchange("GET", f"/l/{'0' * 32}").status < 500
        )
    except (OSError, http.client.HTTPException):
        return False
    finally:
        browser.close()


_ready: list[tuple[object, Fields, str]] = []  # cases not yet given away, their answers and language


def field_cases(count: int, invited: int) -> None:
    """The starter edition in the field with so many cases, the first of which get invitations meanwhile."""
    import numpy as np
    from django.utils import timezone

    from barometer.cli._leaders import fields_to_post
    from barometer.edition import read_edition, starter
    from barometer.sampling import draw_sample
    from barometer.simulation import simulate_answers
    from barometer.web.fieldwork.access import case_number
    from barometer.web.fieldwork.actions.accesses import make_accesses
    from barometer.web.fieldwork.actions.collections import create_collection, launch_collection
    from barometer.web.fieldwork.actions.contacts import import_contacts
    from barometer.web.fieldwork.actions.rules import arm_rule, create_rule
    from barometer.web.fieldwork.contacts_file import ContactRow
    from barometer.web.fieldwork.models import Case
    from barometer.web.fieldwork.queries.mail import count_of

    edition = read_edition(starter())
    survey = edition.surveys[0]
    sample = draw_sample(survey, np.random.default_rng(1))
    collection = create_collection(edition, survey, sample, folder="starter", by="benchmark")
    patterns = {case.unit_id: case for case in collection.cases.all()}
    simulated = simulate_answers(survey, sample, starter()["simulation.toml"], b"", np.random.default_rng(2))
    rows = list(simulated.iter_rows(named=True))
    languages = collection.languages
    cases = []
    for number in range(count):
        pattern = patterns[rows[number % len(rows)]["unit_id"]]
        case = Case(
            collection=collection,
            unit_id=f"unit-{number}",
            number=case_number(collection.pk, f"unit-{number}"),
            stratum=pattern.stratum,
            design_weight=1,
            register=pattern.register,
        )
        cases.append(case)
        language = languages[number % len(languages)]
        _ready.append((case, fields_to_post(survey.instrument, rows[number % len(rows)], language), language))
    Case.objects.bulk_create(cases, batch_size=2_000)
    make_accesses(cases)
    closes = timezone.now() + timedelta(days=7)
    launch_collection(collection, closes_at=closes, sender="B <b@example.org>", help_contact="b@example.org", by="b")
    people = [ContactRow(n, case.unit_id, "", f"{case.unit_id}@example.org", "", "en") for n, case in enumerate(cases)]
    import_contacts(collection, rows=people[len(people) - invited :], source="made up", by="b")
    rule = create_rule(collection, name="invitation", letter="invitation", send_at=timezone.now(), by="a")
    arm_rule(rule, counted=count_of(rule).now, by="b")


def leaders() -> Cases:
    from barometer.web.fieldwork.access import token

    while _ready:
        case, answers, language = _ready.pop(0)
        yield f"/l/{token(case.reference, 'respondent', case.token_generation)}", answers, language  # type: ignore[attr-defined]


def filled_in(count: int) -> Cases:
    """Respondents whose answers are stored and not yet handed in."""
    from barometer.cli._leaders import answer_directly
    from barometer.web.fieldwork.access import token

    for _ in range(min(count, len(_ready))):
        case, answers, language = _ready.pop(0)
        answer_directly(case, answers, language=language, hand_in=False)  # type: ignore[arg-type]
        yield f"/l/{token(case.reference, 'respondent', case.token_generation)}", answers, language  # type: ignore[attr-defined]


def mailed_twice() -> int:
    """Mails in the mailbox that were there before."""
    from barometer.web.fieldwork.mailbox import development_mailbox

    names = Counter(mail["Message-ID"] for mail in development_mailbox())
    return sum(count - 1 for count in names.values())


def database_of(workspace: Path) -> psutil.Process:
    return psutil.Process(int((workspace / "data/postgres/postmaster.pid").read_text().split()[0]))


def server_seconds(web: subprocess.Popen[bytes], workspace: Path) -> float:
    """CPU seconds of the installation so far: its processes and the database's, ended ones included."""
    database = database_of(workspace)
    used = 0.0
    for process in (psutil.Process(web.pid), database):
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                used += times.user + times.system
    return used


if __name__ == "__main__":
    main()
