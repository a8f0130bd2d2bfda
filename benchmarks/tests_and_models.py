"""How long tests and models take on a national survey: 2,400 respondents in 270 strata (tests/reference/golden).

    python benchmarks/tests_and_models.py

180 differences between sectors with their errors (60 items, each pair of 3 sectors), 60 Rao–Scott tests of an item by
sector, and 10 logistic models of 15 coefficients. CPU time, median of 15, after the design has been made; the values
are checked against R's first. What other programs take on a like machine (CPU): R's survey 4.5: 760, 1,060 and
155 ms; svy 0.35 for Python: 340, 330 and 106 ms. The last line is JSON.
"""

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import polars as pl

from barometer.estimation import SurveyDesign, rao_scott, regression, survey_design, t_tests

GOLDEN = Path(__file__).parents[1] / "tests" / "reference" / "golden"
ITEMS = [f"q{item:02d}" for item in range(1, 61)]
OUTCOMES = ["q01", "q02", "q05", "q10", "q15", "q21", "q30", "q40", "q51", "q60"]
TERMS = ["sector", "type", "size", "region", "lemp"]
ATTAINABLE = {"contrasts_ms": 10.0, "rao_scott_ms": 20.0, "logits_ms": 50.0}


def main() -> None:
    data = golden("sample").with_columns(lemp=pl.col("emp").log())
    design = survey_design(data, weights="w", strata="stratum", fpc="N_h")
    agree(design)
    figures = {
        "contrasts_ms": milliseconds(design, lambda new: t_tests(new, ITEMS, "sector")),
        "rao_scott_ms": milliseconds(design, lambda new: rao_scott(new, ITEMS, "sector")),
        "logits_ms": milliseconds(design, lambda new: [regression(new, one, TERMS, "logit") for one in OUTCOMES]),
    }
    for name, figure in figures.items():
        print(f"{name:<14} {figure:8.1f}   {figure / ATTAINABLE[name]:5.2f} of what is asked ({ATTAINABLE[name]:g})")
    print(json.dumps({name: round(figure, 2) for name, figure in figures.items()}))


def agree(design: SurveyDesign) -> None:
    """The values timed are R's."""
    theirs = golden("w4_chisq").filter(pl.col("statistic_type") == "F")["statistic"]
    assert np.allclose([one.statistic for one in rao_scott(design, ITEMS, "sector")], theirs, rtol=1e-9)
    expected = golden("w5_glm").filter(pl.col("design") == "taylor", pl.col("y") == "q01")["est"]
    assert np.allclose(regression(design, "q01", TERMS, "logit").coefficients, expected, rtol=1e-9)


def golden(name: str) -> pl.DataFrame:
    content = gzip.decompress((GOLDEN / f"{name}.csv.gz").read_bytes())
    return pl.read_csv(content, infer_schema_length=None, null_values=[""])


def milliseconds(design: SurveyDesign, work: Callable[[SurveyDesign], object]) -> float:
    """Each time on a design that has not been used yet, so that nothing is remembered of the last time."""
    work(design)
    times = []
    for _ in range(15):
        new = replace(design)
        start = process_time()
        work(new)
        times.append(process_time() - start)
    return 1000 * median(times)


if __name__ == "__main__":
    main()
