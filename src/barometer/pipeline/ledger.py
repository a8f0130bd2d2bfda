"""The release ledger: every figure an edition has published, in a chain of checksums, and the evidence kept behind it.

`ledger.jsonl` lies beside the releases and is public as they are. A line tells one row of a release, or, where a
release begins, the checksum of its manifest; each carries a checksum over itself and the line before. So nothing can be
changed, left out or put between without its showing. The evidence is confidential and lies in the build folder, in
published-1, published-2 ...: back it up as you back up answers. Later releases are protected together with it.
"""

import hashlib
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from barometer.disclosure import Before, Published, Release, evidence_of
from barometer.files import Build, Releases, digest
from barometer.pipeline.releasing import read_release
from barometer.problems import BadInput, Place, Problem, Severity
from barometer.tables import Estimates, UnitCounts, from_parquet, to_parquet

START = "0" * 64
EVIDENCE = ("rows", "leaves", "counts")


def complete(releases: Releases, read: Container[int] = ()) -> str:
    """Check ledger and releases against each other, and add to the ledger the releases it lacks; its last checksum.
    `read`: releases whose files this command has read and found as published.

    Raises BadInput (B007, B012): a release or the ledger was changed after publication.
    """
    lines = releases.ledger()
    told, last = _checked(lines, releases)
    numbers = releases.numbers()
    gone = [number for number in told if number not in numbers]
    if gone:
        raise _broken(releases, f"release {gone[0]}, which is not there", "the releases that the ledger tells of")
    fresh: list[str] = []
    for number in numbers:
        if number in told:
            if told[number] != _manifest(releases, number):
                raise _broken(releases, f"release {number} with another manifest", "the release as it was published")
            if number not in read:
                releases.read(number)
        else:
            added = list(_lines(releases, number, last))
            last = json.loads(added[-1])["chain"]
            fresh += added
    if fresh:
        releases.append_ledger("".join(f"{line}\n" for line in fresh).encode())
    return last


def before(build: Build, releases: Releases, units: UnitCounts) -> tuple[Before | None, tuple[Problem, ...]]:
    """What the edition has published so far, for `protect`; with a warning (B014) where evidence is lost."""
    complete(releases)
    numbers = releases.numbers()
    if not numbers:
        return None, ()
    last = read_release(releases, numbers[-1])
    lost = [number for number in numbers if build.provenance(_step(number)) is None or build.damaged(_step(number))]
    if lost:
        return Before(numbers[-1], last, (), units), (_lost(build, lost),)
    return Before(numbers[-1], last, tuple(_read(build, number) for number in numbers), units), ()


def is_protected_for(build: Build, releases: Releases) -> bool:
    """Whether what `protect` left was protected together with the last release, or is what that release shows."""
    record, numbers = build.provenance("protect"), releases.numbers()
    if record is None or not numbers or record.get("after_release", 0) == numbers[-1]:
        return True
    outputs, stored = record["outputs"], releases.about(numbers[-1])["files"]
    return all(
        stored.get(f"data/{name.removeprefix('release/')}") == checksum
        for name, checksum in outputs.items()
        if name.startswith("release/")
    )


def protected_for(build: Build, releases: Releases) -> None:
    """Refuse (B013) to publish what was protected without knowing of a release that has been published since."""
    if not is_protected_for(build, releases):
        place = Place(file=str(build.root / "protect"))
        expected = f"results protected together with release {releases.numbers()[-1]}"
        way_out = "Run 'barometer protect' again, then publish."
        raise BadInput((Problem("B013", place, "results protected before that", expected, way_out),))


def confidential(estimates: Estimates, units: UnitCounts) -> dict[str, bytes]:
    """What `protect` leaves for the archive of the release that is made of it, by name."""
    tables = {"rows": estimates.cells, "leaves": units.leaves, "counts": units.counts}
    return {f"{name}.parquet": to_parquet(table) for name, table in tables.items()}


def after_release(build: Build, before: Before | None, release: Release) -> int:
    """The number of the last release that `release` was protected together with, for the sidecar; where it is that
    very release again, the number that release was protected after."""
    if before is None:
        return 0
    record = build.provenance(_step(before.number)) or {}
    return int(record.get("after_release", 0)) if release is before.last else before.number


def keep(build: Build, number: int, release: Release, evidence: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Keep the evidence behind a release that is about to be stored. `evidence`: as `confidential` gave it."""
    tables = {name: from_parquet(evidence[f"{name}.parquet"]) for name in EVIDENCE}
    kept = evidence_of(number, tables["rows"], release, UnitCounts(tables["leaves"], tables["counts"]))
    outputs = {**evidence, "rows.parquet": to_parquet(kept.rows)}
    made = {"after_release": (build.provenance("protect") or {}).get("after_release", 0)}
    build.write(_step(number), outputs, {**about, **made, "step": _step(number), "release": number})


def _step(number: int) -> str:
    return f"published-{number}"


def _read(build: Build, number: int) -> Published:
    stored = build.read(_step(number), "publish")
    rows, leaves, counts = (from_parquet(stored[f"{name}.parquet"]) for name in EVIDENCE)
    return Published(number, rows, UnitCounts(leaves, counts))


def _lost(build: Build, numbers: Sequence[int]) -> Problem:
    folders = ", ".join(f"'{_step(number)}'" for number in numbers)
    return Problem(
        "B014",
        Place(file=str(build.root)),
        f"no evidence, or damaged evidence, of release {', '.join(map(str, numbers))}",
        f"the folders {folders} as 'barometer publish' left them",
        "Restore them from your backup. Without them every figure that would change stays as it was published.",
        severity=Severity.WARNING,
    )


def _lines(releases: Releases, number: int, last: str) -> Iterator[str]:
    """The lines of a release: what it is, then its rows."""
    about, release = releases.about(number), read_release(releases, number)
    head = {
        "release": number,
        "edition": release.edition,
        "released_at": about.get("released_at"),
        "manifest": _manifest(releases, number),
        "rows": release.cells.height,
    }
    rows = release.cells.select(
        "survey", "indicator", "breakdown", "cell", pl.exclude("survey", "indicator", "breakdown", "cell")
    )
    for content in (
        head,
        *({"release": number, "edition": release.edition, **row} for row in rows.iter_rows(named=True)),
    ):
        last = _chain(last, content)
        yield json.dumps({**content, "chain": last}, ensure_ascii=False)


def _checked(content: bytes, releases: Releases) -> tuple[dict[int, str], str]:
    """By release the checksum of its manifest, and the last checksum of the chain."""
    told: dict[int, str] = {}
    last, left = START, 0
    for place, line in enumerate(content.splitlines(), start=1):
        try:
            row = json.loads(line)
            chain = row.pop("chain")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise _broken(releases, "a line that is none of the ledger", "lines as they were written", place) from None
        if chain != _chain(last, row):
            raise _broken(releases, "a line that was changed, added or left out", "the line as it was written", place)
        last = chain
        if "manifest" in row:
            told[row["release"]], left = row["manifest"], left + row["rows"]
        else:
            left -= 1
    if left:
        raise _broken(releases, f"{left} rows too few", "every row of every release")
    return told, last


def _chain(last: str, content: Mapping[str, Any]) -> str:
    return hashlib.sha256((last + json.dumps(content, ensure_ascii=False, sort_keys=True)).encode()).hexdigest()


def _manifest(releases: Releases, number: int) -> str:
    return digest(json.dumps(releases.about(number)["files"], sort_keys=True).encode())


def _broken(releases: Releases, found: str, expected: str, line: int = 0) -> BadInput:
    return BadInput(
        (
            Problem(
                "B012",
                Place(file=str(releases.root / "ledger.jsonl"), line=line),
                found,
                expected,
                "Restore ledger and releases from your archive; neither may ever be edited.",
            ),
        )
    )
