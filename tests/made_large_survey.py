"""A survey with everything that is hard for sums by group, and the comparison of two tables of estimates."""

import numpy as np
import polars as pl

REPLICATES = tuple(f"rep_{place}" for place in range(8))
STRATIFIED = {"strata": "h", "fpc": "N"}
CLUSTERED = {"strata": "h", "psu": ["i", "j"], "fpc": ["M", "L"]}


def made(seed: int = 1, n: int = 200) -> pl.DataFrame:
    """Rows in 4 strata and 16 PSUs, some with weight 0, items with blanks and NaN, a stratum's own category, a domain
    of one row."""
    rng = np.random.default_rng(seed)
    stratum = np.arange(n) % 4
    unit = stratum * 10 + np.arange(n) // 4 % 4
    weight = rng.choice([0.0, 1.5, 2.0, 3.25], n, p=[0.05, 0.3, 0.3, 0.35])

    def blank(column: str, share: float) -> pl.Expr:
        return pl.when(pl.Series(rng.random(n) >= share)).then(pl.col(column)).alias(column)

    data = pl.DataFrame(
        {
            "h": [f"s{one}" for one in stratum],
            "i": unit,
            "j": unit * 10 + rng.integers(0, 3, n),
            "N": (np.bincount(stratum) * 3.0)[stratum],
            "M": [9.0] * n,
            "L": [5.0] * n,
            "w": weight,
            "pay": rng.normal(1000, 3, n),
            "hours": rng.gamma(2, 3, n),
            "law": np.where(stratum == 2, "yes", rng.choice(["yes", "no", "don't know"], n)),
            "done": rng.random(n) < 0.3,
            "four": [4] * n,
            "kind": rng.choice(["a", "b", "c"], n),
            "size": rng.integers(1, 4, n),
            "alone": ["rest"] * (n - 1) + ["one"],
        }
    )
    with_blanks = data.with_columns(
        blank("pay", 0.1),
        blank("law", 0.1),
        blank("kind", 0.05),
        pl.when(pl.Series(rng.random(n) < 0.05)).then(float("nan")).otherwise(pl.col("hours")).alias("hours"),
    )
    factors = {name: pl.Series(weight * rng.poisson(1, n)) for name in REPLICATES}
    return with_blanks.with_columns(**factors)


def assert_same(found: pl.DataFrame, expected: pl.DataFrame, precision: float = 1e-10) -> None:
    """The same labels, cases and reasons, and numbers within a relative difference."""
    assert found.columns == expected.columns
    for name in expected.columns:
        if expected[name].dtype != pl.Float64:
            assert found[name].to_list() == expected[name].to_list(), name
            continue
        assert found[name].is_null().to_list() == expected[name].is_null().to_list(), name
        ours, theirs = found[name].fill_null(0).to_numpy(), expected[name].fill_null(0).to_numpy()
        np.testing.assert_allclose(ours, theirs, rtol=precision, atol=0, err_msg=name)
