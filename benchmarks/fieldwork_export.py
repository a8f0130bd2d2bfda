"""Export of 20,000 cases of 400 variables to every format: seconds of the processor and memory, as one JSON line.

    .venv/bin/python benchmarks/fieldwork_export.py [--cases N] [--variables N]

Answers are made up and stored as submissions in an embedded PostgreSQL of their own; the time counts from reading
them there to the last byte of the last format.
"""

import argparse
import json
import os
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--variables", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="barometer-export-") as folder:
        Path(folder).chmod(0o755)
        from barometer.cli._installation import open_installation

        os.environ.pop("DATABASE_URL", None)
        open_installation(folder)
        made = {"cases": options.cases, "variables": options.variables}
        print(json.dumps({**made, **measure(fill(**made), Path(folder))}))


def measure(collection: Any, folder: Path) -> dict[str, float]:
    """What somebody who asks for all formats on the page of answers waits for: reading, every file, the zip file."""
    from barometer.web.fieldwork.actions.exporting import export_collection, zip_into

    seconds: dict[str, float] = {}
    size = 0
    begun, start, wall = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time(), time.perf_counter()
    with (folder / "answers.zip").open("wb") as archive, zip_into(archive) as put:

        def note(name: str, content: bytes) -> None:
            nonlocal size
            size += len(content)
            put(name, content)
            seconds[name] = round(time.process_time() - start, 1)

        export_collection(collection, note, formats=["all"], language="en", layer="edited", by="benchmark")
    return {
        "cpu_s": round(time.process_time() - start, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "peak_before_mb": round(begun / 1024),
        "mb_written": round(size / 2**20),
        **{f"{name}_at_s": value for name, value in seconds.items()},
    }


def fill(cases: int, variables: int) -> Any:
    """A quarter each of single choices, multiple choices of five, numbers and texts."""
    from barometer.edition import canonical_json, read_instrument
    from barometer.model import Choice, Instrument, Page, Question, QuestionKind, Required
    from barometer.web.fieldwork.models import Case, Collection, InstrumentVersion, Response, Submission

    def say(words: str) -> dict[str, str]:
        return {"en": words}

    kinds = (QuestionKind.SINGLE, QuestionKind.NUMBER, QuestionKind.TEXT)
    choices = tuple(Choice(code, say(f"Choice {code}")) for code in "abcde")
    quarter = variables // 4
    asked = [
        Question(f"{kind.value}{number}", kind, say(f"Question {number}?"), required=Required.NO)
        if kind is not QuestionKind.SINGLE
        else Question(f"single{number}", kind, say(f"Question {number}?"), choices=choices, required=Required.NO)
        for kind in kinds
        for number in range(quarter)
    ]
    asked += [
        Question(f"multi{number}", QuestionKind.MULTI, say("Which?"), choices=choices, required=Required.NO)
        for number in range(quarter // 5)
    ]
    pages = tuple(Page(f"p{number}", say("Page"), tuple(asked[number::20])) for number in range(20))
    made = Instrument("load", "1", say("Load"), ("en",), pages)
    instrument = read_instrument("load.yaml", canonical_json(made), {}, ("en",))
    collection = Collection.objects.create(
        edition="load", folder="", survey="load", title=say("Load"), languages=["en"], status="open"
    )
    version = InstrumentVersion.objects.create(
        collection=collection,
        number=1,
        digest=instrument.digest,
        content=canonical_json(instrument).decode(),
        register={},
        published_by="benchmark",
    )
    draw = random.Random(1)
    responses, submissions, units = [], [], []
    for number in range(cases):
        values: dict[str, object] = {}
        for question in asked:
            if draw.random() < 0.1:
                continue
            match question.kind:
                case QuestionKind.SINGLE:
                    values[question.id] = draw.choice("abcde")
                case QuestionKind.NUMBER:
                    values[question.id] = draw.randrange(1000)
                case QuestionKind.TEXT:
                    values[question.id] = f"some words {draw.randrange(1000)}"
                case _:
                    values[question.id] = [code for code in "abcde" if draw.random() < 0.4] or ["a"]
        response = Response(
            public_id=str(number), collection=collection.pk, version=version, language="en", state="submitted"
        )
        responses.append(response)
        submissions.append(
            Submission(
                response=response, revision=1, values=values, path=[], digest="", receipt=f"{number:09}", language="en"
            )
        )
        units.append(
            Case(
                collection=collection,
                unit_id=f"u{number}",
                number=f"{number}",
                stratum="all",
                design_weight=1.0,
                state="submitted",
                response_key=response.key,
            )
        )
        if len(responses) == 1000 or number == cases - 1:
            Response.objects.bulk_create(responses)
            Submission.objects.bulk_create(submissions)
            Case.objects.bulk_create(units)
            responses, submissions, units = [], [], []
    return collection


if __name__ == "__main__":
    main()
