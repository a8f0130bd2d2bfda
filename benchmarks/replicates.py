"""How long does it take to draw replicate weights?

    python benchmarks/replicates.py [respondents ...]

Made respondents (2,400 and 100,000, in strata of about nine; 1,000,000 only when asked for) get 500 replicates of every
bootstrap, block by block, nothing stored. Prints CPU milliseconds, the best of some rounds, and their ratio to the time
it takes to draw as many uniform random numbers, which no bootstrap can do without. The last line is JSON.
"""

import json
import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import polars as pl
from cpu_time import best

from barometer.weighting import replicate_weights

SIZES = (2_400, 100_000)
REPLICATES = 500
PER_STRATUM = 9
TYPES = ("RaoWuYue", "subbootstrap", "bootstrap", "mrbbootstrap")
MOST_FOR_ALL = 10_000
"""Respondents up to which every type is timed; above it the two that matter at scale."""


def main() -> None:
    figures: dict[str, float] = {}
    for size in [int(one) for one in sys.argv[1:]] or SIZES:
        data = respondents(size)
        rounds = 9 if size <= MOST_FOR_ALL else 1
        floor = best(lambda n=size: uniform(n), rounds)
        print(f"{size:,} respondents, {REPLICATES} replicates; random numbers alone {floor:.1f} ms")
        for kind in TYPES if size <= MOST_FOR_ALL else TYPES[:2]:
            took = best(lambda k=kind, d=data: run(d, k), rounds)
            figures[f"{kind}_{REPLICATES}_ms_{size}"] = round(took, 2)
            print(f"  {kind:13} {took:9.1f} ms   {took / floor:5.1f} times the random numbers")
    print(json.dumps(figures))


def respondents(size: int) -> pl.DataFrame:
    stratum = np.sort(np.random.default_rng(3).integers(0, max(size // PER_STRATUM, 1), size))
    stratum[1::2] = np.maximum(stratum[1::2], stratum[:-1:2]) if size % 2 == 0 else stratum[1::2]
    data = pl.DataFrame({"stratum": stratum}).with_columns(w=2.5, taken=pl.len().over("stratum"))
    return data.filter(pl.col("taken") > 1).with_columns(population=pl.col("taken") * 2.5)


def run(data: pl.DataFrame, kind: str) -> float:
    columns = {"strata": "stratum"} | ({} if kind == "subbootstrap" else {"fpc": "population"})
    made = replicate_weights(data, weights="w", type=kind, count=REPLICATES, rng=np.random.default_rng(1), **columns)
    return sum(block[0, 0] for block in made.blocks())


def uniform(size: int) -> float:
    rng = np.random.default_rng(1)
    drawn = size * (PER_STRATUM - 1) // PER_STRATUM
    return sum(float(rng.random((REPLICATES // 10, drawn))[0, 0]) for _ in range(10))


if __name__ == "__main__":
    main()
