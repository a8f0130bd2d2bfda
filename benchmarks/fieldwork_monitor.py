"""How long the response monitor takes: the whole page, logged in, over an embedded PostgreSQL of its own.

    .venv/bin/python benchmarks/fieldwork_monitor.py [--cases 20000] [--requests 60]

Makes two surveys that together have that many cases (60 strata), each with a contact and two letters. The last line
is JSON: p50_ms, p95_ms, cpu_ms (of this process, a request), cases.
"""

import argparse
import json
import os
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

STATES = ("submitted", "submitted", "submitted", "started", "opened", "invited", "invited", "refused", "new")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=60)
    options = parser.parse_args()
    os.environ["BAROMETER_SECOND_FACTOR_OPTIONAL"] = "1"
    with tempfile.TemporaryDirectory(prefix="barometer-monitor-") as folder:
        Path(folder).chmod(0o755)
        from barometer.cli._installation import open_installation

        open_installation(folder)
        print(json.dumps(_measure(_made(options.cases), options.requests) | {"cases": options.cases}))


def _made(cases: int) -> int:
    """Two collections of an edition; the number of the larger."""
    from django.utils import timezone

    from barometer.web.fieldwork.models import Case, Collection, Contact, Message, Rule

    rng, now = random.Random(1), timezone.now()
    large = 0
    for survey, count in (("bodies", cases // 10), ("units", cases - cases // 10)):
        collection = Collection.objects.create(
            edition="bench", folder="", survey=survey, title={"en": survey}, languages=["en"], status="open"
        )
        large = collection.pk
        made = [
            Case(
                collection=collection,
                unit_id=str(i),
                number=f"{survey[:2]}{i:07}",
                stratum=f"stratum {i % 60:02}",
                design_weight=1 + i % 7,
                state=rng.choice(STATES),
            )
            for i in range(count)
        ]
        Case.objects.bulk_create(made, batch_size=5_000)
        for case in made:
            case.state_at = now - timedelta(days=rng.random() * 40)
        Case.objects.bulk_update(made, ["state_at"], batch_size=2_000)
        contacts = Contact.objects.bulk_create(
            [
                Contact(
                    case_reference=case.reference,
                    collection=collection.pk,
                    email=f"{case.number}@example.org",
                    language="en",
                    state="bounced" if rng.random() < 0.02 else "active",
                )
                for case in made
            ],
            batch_size=5_000,
        )
        for days in (40, 20):
            at = now - timedelta(days=days)
            rule = Rule.objects.create(
                collection=collection.pk, name=str(days), letter="invitation", send_at=at, predicate={"all": []}
            )
            Message.objects.bulk_create(
                [
                    Message(
                        collection=collection.pk,
                        case_reference=one.case_reference,
                        contact=one,
                        rule=rule,
                        letter=rule.letter,
                        once=f"rule:{rule.pk}",
                        state="sent",
                        sent_at=at,
                    )
                    for one in contacts
                ],
                batch_size=5_000,
            )
    return large


def _measure(collection: int, requests: int) -> dict[str, float]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from barometer.web.accounts.actions import add_user

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    client = Client(headers={"host": "localhost"})
    user = add_user(email="a@example.org", name="A", password="long enough", roles={"manager": ""}, by="benchmark")
    client.force_login(user)
    where = f"/staff/collections/{collection}/"
    assert client.get(where).status_code == 200
    times, cpu = [], time.process_time()
    for _ in range(requests):
        started = time.perf_counter()
        client.get(where)
        times.append(1_000 * (time.perf_counter() - started))
    times.sort()
    return {
        "p50_ms": round(times[len(times) // 2], 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "cpu_ms": round(1_000 * (time.process_time() - cpu) / requests, 1),
    }


if __name__ == "__main__":
    main()
