"""How much memory estimates take from a Parquet file larger than the memory they may use.

Writes a survey in pieces to a temporary folder, then estimates in a child process whose address space for data is
limited (RLIMIT_DATA), and prints its peak memory beside the size of the file, packed and unpacked. Ends with one line
of JSON. `--rows 50000000` for a file of gigabytes; `--limit` in MB.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

ITEMS = tuple(f"y{item:02d}" for item in range(10))
STRATA = 270
PIECE = 500_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--limit", type=int, default=1500, help="memory for data in MB")
    parser.add_argument("--quick", action="store_true", help="a million rows, to see that it runs")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        estimate(given.child, given.limit)
        return
    rows = 1_000_000 if given.quick else given.rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        unpacked = write(path, rows)
        packed = path.stat().st_size
        command = [sys.executable, __file__, "--child", str(path), "--limit", str(given.limit)]
        child = subprocess.run(command, capture_output=True, text=True, check=False)
        if child.returncode:
            sys.exit(f"The estimates did not fit {given.limit} MB:\n{child.stderr}")
        found = json.loads(child.stdout.splitlines()[-1])
    figures = {
        "streaming_rows": rows,
        "streaming_file_mb": round(packed / 1e6),
        "streaming_table_mb": round(unpacked / 1e6),
        "streaming_limit_mb": given.limit,
        **found,
    }
    print(f"{rows:,} rows, {packed / 1e6:,.0f} MB as Parquet, {unpacked / 1e6:,.0f} MB as a table in memory")
    print(f"limit for data {given.limit:,} MB; peak {found['streaming_peak_mb']:,} MB")
    print(f"peak over table {found['streaming_peak_mb'] * 1e6 / unpacked:.2f}, CPU {found['streaming_cpu_s']} s")
    print(json.dumps(figures))


def write(path: Path, rows: int) -> int:
    """A stratified survey with 10 items, in pieces; its size as a table in bytes."""
    rng = np.random.default_rng(1)
    writer, size = None, 0
    for start in range(0, rows, PIECE):
        count = min(PIECE, rows - start)
        stratum = rng.integers(0, STRATA, count)
        piece = pl.DataFrame(
            {
                "stratum": stratum,
                "population": 3.0 * rows / STRATA * (1 + stratum % 3),
                "w": rng.gamma(4, 0.75, count),
                "region": rng.integers(0, 5, count).astype(np.int8),
                **{name: rng.normal(10, 3, count) for name in ITEMS},
            }
        )
        size += int(piece.estimated_size())
        table = piece.to_arrow()
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=PIECE // 4)
    if writer:
        writer.close()
    return size


def estimate(path: Path, limit: int) -> None:
    """In the child: means of all items by region, with their errors, within the limit."""
    resource.setrlimit(resource.RLIMIT_DATA, (limit * 1_000_000, limit * 1_000_000))
    from barometer.estimation import large_estimates, large_survey

    survey = large_survey(pl.scan_parquet(path), weights="w", strata="stratum", fpc="population")
    table = large_estimates(survey, "mean", ITEMS, by="region").table
    assert table.height == 5 * len(ITEMS)
    assert table["se"].is_not_null().all()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    peak = usage.ru_maxrss * 1024 / 1e6
    print(json.dumps({"streaming_peak_mb": round(peak), "streaming_cpu_s": round(usage.ru_utime + usage.ru_stime, 1)}))


if __name__ == "__main__":
    main()
