"""How fast the API of released tables answers: small selections at a steady rate, and a table of 10,000 cells.

    .venv/bin/python benchmarks/statbank.py [--seconds 20] [--rate 200] [--workers 2]

Stores a made-up release in a temporary folder and serves it by gunicorn on this machine, loopback only. Requests begin
at the rate whether or not earlier ones have ended; a request's time counts from when it should have begun. The last
line is JSON: p50_ms, p95_ms, errors, server_cpu_ms (a request, of the workers), whole_ms (the table of 10,000 cells,
median, by format).
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
from open_data import table

from barometer.files import Releases
from barometer.publication.open_data import write_jsonstat, write_px

TABLE = "/api/v2/tables/made-up.made-up/data"
SMALL = f"{TABLE}?lang=en&valueCodes[indicator]=indicator{{}}&valueCodes[group]=*&valueCodes[measure]=value,n"
WHOLE = f"{TABLE}?lang=en&valueCodes[indicator]=*&valueCodes[group]=*&valueCodes[measure]=*&outputFormat="
FORMATS = ("json-stat2", "json-px", "csv", "px", "html", "parquet", "xlsx")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store(Path(folder))
        with served(Path(folder), given.workers) as (port, process):
            for place in range(50):
                ask(port, SMALL.format(place % 50))
            before = cpu(process)
            times, errors = steady(port, given.seconds, given.rate)
            spent = cpu(process) - before
            whole = {name: round(statistics.median(timed(port, WHOLE + name) for _ in range(7)), 1) for name in FORMATS}
    cuts = statistics.quantiles(times, n=100)
    told = {
        "requests": len(times),
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "errors": errors,
        "server_cpu_ms": round(1000 * spent / len(times), 2),
        "whole_ms": whole,
    }
    print(json.dumps(told))


def store(workspace: Path) -> None:
    """One made-up table as a release."""
    cube = table()
    dictionary = {
        "edition": "made-up",
        "surveys": [{"id": "survey", "breakdowns": [{"id": "group"}], "indicators": []}],
    }
    site = {
        "open-data/en/made-up.json": write_jsonstat(cube, "en"),
        "open-data/made-up.px": write_px(cube),
        "data/made-up.json": json.dumps(dictionary).encode(),
    }
    minute = "2024-06-01T09:00:00+00:00"
    about = {"title": {"en": "Made up"}, "languages": ["en"], "released_at": minute, "stored_at": minute}
    files = {f"site/{name}": content for name, content in site.items()}
    Releases(workspace / "releases" / "made-up").add(files, about)


@contextmanager
def served(workspace: Path, workers: int) -> Iterator[tuple[int, psutil.Process]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    keys = {"BAROMETER_SECRET_KEY": "of the benchmark", "BAROMETER_LINK_KEY": "of the benchmark"}
    limits = {"BAROMETER_API_CALLS": "100000000/10", "BAROMETER_WORKSPACE": str(workspace)}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "barometer.web.wsgi:application",
        "-c",
        "python:barometer.web.gunicorn",
    ]
    command += ["--workers", str(workers), "--threads", "4", "-b", f"127.0.0.1:{port}"]
    settings = {"DJANGO_SETTINGS_MODULE": "barometer.web.settings"}
    process = subprocess.Popen(command, env={**os.environ, **keys, **limits, **settings})
    try:
        wait(port)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def wait(port: int) -> None:
    for _ in range(240):
        try:
            if ask(port, "/api/v2/config") == 200:
                return
        except OSError:
            time.sleep(0.25)
    raise SystemExit("The server did not start.")


def steady(port: int, seconds: float, rate: float) -> tuple[list[float], int]:
    """Milliseconds of each request, and how many were not answered with 200."""
    start, count = time.perf_counter() + 0.5, int(seconds * rate)

    def one(place: int) -> tuple[float, bool]:
        due = start + place / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        good = ask(port, SMALL.format(place % 50)) == 200
        return 1000 * (time.perf_counter() - due), good

    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(one, range(count)))
    return [took for took, _ in found], sum(not good for _, good in found)


def timed(port: int, address: str) -> float:
    start = time.perf_counter()
    assert ask(port, address) == 200
    return 1000 * (time.perf_counter() - start)


kept = threading.local()


def ask(port: int, address: str) -> int:
    """The status of an answer, over a connection that each thread keeps; the server ends those that idle."""
    for last in (False, True):
        if getattr(kept, "port", None) != port:
            kept.connection, kept.port = http.client.HTTPConnection("127.0.0.1", port, timeout=30), port
        try:
            kept.connection.request("GET", address)
            answer = kept.connection.getresponse()
            answer.read()
            return int(answer.status)
        except (http.client.RemoteDisconnected, ConnectionError):
            kept.port = None
            if last:
                raise
    raise AssertionError("never reached")


def cpu(process: psutil.Process) -> float:
    """CPU seconds of the server and its workers."""
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children()))


if __name__ == "__main__":
    main()
