"""How long the formats of open data take: one table of 10,000 cells in each format, and all files of an edition.

    python benchmarks/open_data.py [EDITION ...]

An edition is timed from what 'barometer protect' left in build/. The last line is JSON with CPU seconds.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from barometer import pipeline
from barometer.model import Measure
from barometer.publication.open_data import (
    Category,
    DataCube,
    Dimension,
    check_jsonstat,
    open_data_files,
    select,
    write_csv,
    write_jsonstat,
    write_parquet,
    write_px,
    write_sdmx_csv,
    write_xlsx,
)

INDICATORS, GROUPS = 50, 50  # and four measures: 10,000 cells


def table() -> DataCube:
    """A made-up table with a hidden cell in ten."""

    def dimension(name: str, role: str, count: int) -> Dimension:
        words = [f"{name} {number}, with a label as long as labels are" for number in range(count)]
        categories = tuple(Category(f"{name}{place}", {"en": label}) for place, label in enumerate(words))
        return Dimension(name, role, {"en": name}, categories)

    measures = tuple(
        Category(name, {"en": name}, unit={"en": "per cent"}, decimals=1)
        for name in ("value", "ci_low", "ci_high", "n")
    )
    dimensions = (
        dimension("indicator", "indicator", INDICATORS),
        dimension("group", "group", GROUPS),
        dimension("period", "period", 1),
        Dimension("measure", "measure", {"en": "contents"}, measures),
    )
    rows = INDICATORS * GROUPS
    hidden = [row % 10 == 3 for row in range(rows)]
    values = [
        None if hidden[row] else (row * 7 % 1000 if measure == 3 else (row * 7919 % 1_000_000) / 10_000)
        for row in range(rows)
        for measure in range(4)
    ]
    text = {"en": "A table"}
    return DataCube(
        id="made-up",
        edition="made-up",
        survey="survey",
        breakdown="group",
        measure=Measure.SHARE,
        languages=("en",),
        title=text,
        subject=text,
        notes=(text,),
        source=text,
        contact="nobody@example.org",
        licence="CC0 1.0",
        agency="BAROMETER",
        updated=datetime(2024, 6, 1, 9, tzinfo=UTC),
        period=(date(2023, 1, 1), date(2023, 12, 31)),
        synthetic=True,
        dimensions=dimensions,
        values=tuple(values),
        marks=tuple("c" if hidden[row] else "" for row in range(rows) for _ in range(4)),
        legend={"c": {"en": "hidden"}},
    )


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """The median of CPU seconds."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return round(sorted(taken)[times // 2], 4)


def main() -> None:
    cube = table()
    written = write_jsonstat(cube, "en")
    figures: dict[str, float] = {
        "json_stat": seconds(lambda: write_jsonstat(cube, "en")),
        "json_stat_check": seconds(lambda: check_jsonstat(written)),
        "half_selected": seconds(lambda: select(cube, {"indicator": cube.dimensions[0].codes[::2]})),
        "px": seconds(lambda: write_px(replace(cube))),
        "csv": seconds(lambda: write_csv(cube, "en")),
        "parquet": seconds(lambda: write_parquet(cube)),
        "xlsx": seconds(lambda: write_xlsx(cube, "en")),
        "sdmx_csv": seconds(lambda: write_sdmx_csv(cube)),
    }
    for name in sys.argv[1:]:
        desk = pipeline.open_desk(Path("editions") / name, Path())
        release, edition = pipeline.protected(desk), desk.edition
        figures[name] = seconds(lambda: open_data_files(release, edition), 3)  # noqa: B023
    for name, taken in figures.items():
        print(f"{name:<28} {taken * 1000:8.1f} ms")
    print(json.dumps({"cells": len(cube.values), "cpu_seconds": figures}))


if __name__ == "__main__":
    main()
