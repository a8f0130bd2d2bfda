"""How long it takes to prepare invitations, and how fast they leave; with --kill, whether any is lost or doubled.

    .venv/bin/python benchmarks/fieldwork_mail.py --cases 20000 [--send N] [--kill TIMES]

Own PostgreSQL server, own mail server (aiosmtpd) in the same process. Ends with one line of JSON: prepare_s (wall),
prepare_cpu_s (this process), and with --send: sent_per_s, lost, duplicates, unknown.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "web"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--send", type=int, default=0, help="how many of them to send; the worker is a real process")
    parser.add_argument("--kill", type=int, default=0, help="how often the worker is killed while it sends")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="barometer-mail-") as folder:
        Path(folder).chmod(0o755)
        _installation(folder)
        rule = _armed_rule(asked.cases)
        result: dict[str, float] = {"cases": asked.cases, **_prepare(rule)}
        if asked.send:
            result |= _send(asked.send, asked.kill)
        print(json.dumps(result))


def _installation(folder: str) -> None:
    os.environ["BAROMETER_MAIL_PER_MINUTE"] = "1000000"
    os.environ["BAROMETER_SMTP_HOST"] = "127.0.0.1"
    from barometer.cli._installation import open_installation

    open_installation(folder)


def _armed_rule(cases: int):  # type: ignore[no-untyped-def]
    import numpy as np
    from made_mail import armed, in_the_field

    from barometer.edition import read_edition, starter
    from barometer.sampling import draw_sample
    from barometer.web.fieldwork.actions.collections import create_collection
    from barometer.web.fieldwork.models import Case

    edition = read_edition(starter())
    sample = draw_sample(edition.surveys[0], np.random.default_rng(1))
    collection = create_collection(edition, edition.surveys[0], sample, folder="starter", by="benchmark")
    patterns = list(collection.cases.all())
    Case.objects.bulk_create(
        [
            Case(
                collection=collection,
                unit_id=f"unit-{n}",
                number=f"n{n}",
                stratum=patterns[n % len(patterns)].stratum,
                design_weight=1,
                register=patterns[n % len(patterns)].register,
            )
            for n in range(cases - len(patterns))
        ],
        batch_size=2_000,
    )
    in_the_field(collection, contacts=cases)
    return armed(collection, predicate={"all": [{"state": ["new"]}, {"not_sent": ["invitation"]}]})


def _prepare(rule) -> dict[str, float]:  # type: ignore[no-untyped-def]
    from barometer.web.fieldwork.actions.rules import prepare_rule

    began, cpu = time.perf_counter(), time.process_time()
    messages = prepare_rule(rule)
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    return {"messages": messages, "prepare_s": round(wall, 2), "prepare_cpu_s": round(spent, 2)}


def _send(count: int, kills: int) -> dict[str, float]:
    from made_mail import mail_server

    from barometer.web.fieldwork.models import Message

    kept = list(Message.objects.order_by("pk").values_list("pk", flat=True)[:count])
    Message.objects.exclude(pk__in=kept).delete()
    with mail_server() as (handler, port):
        environment = {**os.environ, "BAROMETER_SMTP_PORT": str(port)}
        began = time.perf_counter()
        busy = 0.0
        for turn in range(kills + 1):
            worker = subprocess.Popen([sys.executable, "-m", "barometer.web.worker"], env=environment)
            before = len(handler.taken)
            goal = before + random.randint(1, max(1, count // (kills + 1))) if turn < kills else None
            while len(handler.taken) == before and Message.objects.filter(state="waiting").exists():
                time.sleep(0.01)
            began = time.perf_counter()
            while Message.objects.filter(state__in=("waiting", "sending")).exists():
                if goal is not None and len(handler.taken) >= goal:
                    time.sleep(random.random() * 0.02)
                    worker.kill()
                    break
                time.sleep(0.01)
            busy += time.perf_counter() - began
            worker.terminate()
            worker.wait()
        taken = Counter(str(mail["Message-ID"]).strip("<> ").partition("@")[0] for mail in handler.mails)
    states = {message.pk.hex: message.state for message in Message.objects.all()}
    lost = [key for key, state in states.items() if (state == "sent" and key not in taken) or state == "waiting"]
    return {
        "sent_per_s": round(len(handler.taken) / busy, 1),
        "lost": len(lost),
        "duplicates": sum(times - 1 for times in taken.values()),
        "unknown": sum(state == "unknown" for state in states.values()),
        "kills": kills,
    }


if __name__ == "__main__":
    main()
