"""The audit from outside: reads what was published, and nothing else of ours."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from barometer.disclosure import Findings, audit_published
from barometer.files import Releases
from barometer.pipeline._desk import Desk
from barometer.problems import BadInput, Place, Problem
from barometer.review import outside_files
from barometer.tables import RELEASED_CELLS


@dataclass(frozen=True)
class Audited:
    """A release looked at from outside; `page`: where the page about it lies."""

    number: int
    findings: Findings
    page: str

    def lines(self) -> Iterator[str]:
        """One line a hidden figure, then the sum."""
        for row in self.findings.rows.iter_rows(named=True):
            place = f"{row['indicator']}, {row['breakdown']} {row['cell']}"
            yield f"{row['verdict']:<7} {place:<60} {_number(row['low'])} to {_number(row['high'])}"
        for row in self.findings.differences.iter_rows(named=True):
            place = f"{row['indicator']}, {row['breakdown']} {row['cell']}"
            yield f"differs {place:<60} n {row['n_then']} in release {row['release']}, {row['n']} now"
        for name in self.findings.unread:
            yield f"unread  {name}: the published figures do not fit the attacker's picture"
        verdicts = dict(self.findings.rows["verdict"].value_counts().iter_rows())
        counts = ", ".join(f"{verdicts.get(one, 0)} {one}" for one in ("exact", "narrow", "open"))
        few = self.findings.differences.height
        yield f"release {self.number}: {self.findings.rows.height} hidden figures: {counts}; {few} differences of few"

    def as_json(self) -> str:
        told: dict[str, Any] = {
            "release": self.number,
            "passed": self.findings.passed,
            "hidden": self.findings.rows.to_dicts(),
            "differences": self.findings.differences.to_dicts(),
            "unread": self.findings.unread,
        }
        return json.dumps(told, ensure_ascii=False, indent=1)


def audit_release(desk: Desk, number: int | None = None) -> Audited:
    """Attack a release (the last one, if none is named) with it and all earlier ones; leave the page.

    Raises BadInput: B010 (no such release), B007 (its files were changed).
    """
    numbers = desk.releases.numbers()
    wanted = numbers[-1] if number is None and numbers else number
    if wanted not in numbers:
        found = f"releases {', '.join(map(str, numbers))}" if numbers else "no release"
        expected = "a published release" if wanted is None else f"release {wanted}"
        place, way_out = Place(file=str(desk.releases.root)), "Publish it first, or name another."
        raise BadInput((Problem("B010", place, found, expected, way_out),))
    earlier = {one: _downloaded(desk.releases, one) for one in numbers if one < wanted}
    findings = audit_published(desk.edition, _downloaded(desk.releases, wanted), earlier)
    about = {"step": "audit", "edition": desk.edition.id, "release": wanted, "passed": findings.passed}
    desk.build.write("audit", outside_files(desk.edition, wanted, tuple(earlier), findings), about)
    return Audited(wanted, findings, str(desk.build.root / "audit" / "index.html"))


def _downloaded(releases: Releases, number: int) -> pl.DataFrame:
    """The figures of a release as everybody can download them."""
    content = releases.read(number, "data/")["data/cells.csv"]
    schema = {column.name: column.dtype for column in RELEASED_CELLS}
    table = pl.read_csv(io.BytesIO(content), infer_schema=False)
    columns = [pl.col(name).cast(dtype) for name, dtype in schema.items() if name in table.columns]
    return table.select(columns).with_columns(pl.col("status", "quality").fill_null(""))


def _number(one: float | None) -> str:
    return "any" if one is None else f"{one:.4g}"
