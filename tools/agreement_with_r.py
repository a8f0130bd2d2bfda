"""Write docs/methods/agreement-with-r.md from the comparison the tests make (tests/reference).

Run `.venv/bin/python tools/agreement_with_r.py` after changing an estimator, the values of R, or what is told of
differences; a test tells when that was forgotten.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "reference"))

import polars as pl  # noqa: E402
from classic_differences import KNOWN, verdicts  # noqa: E402

PAGE = ROOT / "docs" / "methods" / "agreement-with-r.md"
HEAD = """# Agreement with R

R's survey package (4.1-1, R 4.2.2) and Barometer were asked the same {total:,} questions about the data sets that come
with R's package: simple, stratified, one- and two-stage samples, unequal probabilities, with and without finite
populations, calibrated in eleven ways, replicate weights of eight kinds, strata with one unit. **{agree:,} answers
agree to nine digits or more ({share:.1%}); the other {differ:,} differ for the reasons below, and none without one.**

Made by `tools/agreement_with_r.py` from the comparison of `tests/reference/test_r_classic.py`, which fails when an
answer differs for a reason not told here. Whatever `barometer tabulate` can be asked is asked through the command too
(`test_r_classic_commands.py`). How R was asked is in `tests/reference/golden/classic.R`. A survey of 2,400 synthetic
respondents is compared in the other files of `tests/reference`.

A value agrees when it differs by at most 1e-9 of itself (ends of intervals: of themselves or the estimate, whichever is
larger), or when both are undefined. Errors below 1e-10 of the estimate count as 0.

## By kind of question

| what | values | agree | differ |
|---|---:|---:|---:|
"""
REASONS = """
## Where and why they differ

| reason | values |
|---|---:|
"""


def page() -> str:
    """The page as it should be."""
    values = verdicts()
    agree = values["reason"] == "agrees"
    total, agreeing = values.height, int(agree.sum())
    by_family = values.with_columns(agree=agree).group_by("family", maintain_order=True)
    counts = by_family.agg(pl.len(), pl.col("agree").sum()).iter_rows()
    rows = [f"| {family} | {n:,} | {yes:,} | {n - yes:,} |\n" for family, n, yes in counts]
    reasons = [f"| {known.reason} | {(values['reason'] == known.reason).sum():,} |\n" for known in KNOWN]
    head = HEAD.format(total=total, agree=agreeing, differ=total - agreeing, share=agreeing / total)
    return head + "".join(rows) + REASONS + "".join(reasons)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
