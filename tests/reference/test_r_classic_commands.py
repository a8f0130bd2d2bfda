"""The same values of R through `barometer tabulate` and `analyse`: CSV in, CSV or JSON out, options as typed.

A few designs that use every option between them are asked each time, the others by `thorough`.
"""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from classic import DESIGNS, data_of, margins, of_sample, replication, values
from classic_differences import AGREES, verdicts_of
from classic_values import Answers, cells, options_of, with_gap
from click.testing import CliRunner

from barometer.cli import command

TABULATED = ("mean", "total", "ratio", "var", "prop", "quantile")
NO_OPTION = ("joint", "hartley_rao_known")
"""Designs whose joint probabilities are a matrix or a number of the population: the library takes them only."""


ALWAYS = (
    *("srs_fraction", "fpc", "clus2", "strat+ps2", "clus1+ps", "clus1_wr+cluster", "scd_fay", "clus1_jk1+raking"),
    *("lonely:adjust", "lonely:average:domains", "brewer"),
)


def designs(*calls: str) -> list[str]:
    called = values().filter(pl.col("call").is_in(calls))["design"].unique(maintain_order=True)
    return [name for name in called if not name.startswith(NO_OPTION)]


def marked(names: list[str]) -> list[Any]:
    return [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.thorough) for name in names]


def test_designs_asked_each_time_are_designs_of_r() -> None:
    assert set(ALWAYS) <= set(designs(*TABULATED))


@pytest.mark.parametrize("name", marked(designs(*TABULATED)))
def test_tabulate_gives_rs_values(name: str, tmp_path: Path) -> None:
    rows = verdicts_of(name).filter(pl.col("call").is_in(TABULATED), pl.col("reason") == "agrees")
    options = design_options(name, tmp_path)
    found: dict[int, float | None] = {}
    for (call, asked), part in rows.group_by("call", "options", maintain_order=True):
        variables = ",".join(part["variable"].unique(maintain_order=True))
        answers = tabulated([*options, "--var", variables, *question(str(call), options_of(str(asked)))])
        for row in part.iter_rows(named=True):
            key = row["variable"], row["category"], row["domain"], row["quantity"]
            found[row["place"]] = answers[key]
    ours = rows.with_columns(pl.Series("ours", [found[place] for place in rows["place"]], dtype=pl.Float64))
    apart = with_gap(ours).filter(pl.col("gap") > AGREES)
    assert rows.height > 0
    assert apart.height == 0, apart.head(5).to_dicts()


def tabulated(arguments: list[str]) -> Answers:
    result = CliRunner().invoke(command, ["tabulate", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    table = pl.read_csv(result.output.encode(), infer_schema_length=None, schema_overrides={"category": pl.String})
    return cells(table, tuple(table.columns[: table.columns.index("variable")]))


def question(call: str, asked: dict[str, str]) -> list[str]:
    """The options of a call of classic.R."""
    stat = call
    found = ["--stat", stat]
    if asked.get("by"):
        found += ["--by", asked["by"]]
    if asked.get("deff", "none") != "none":
        found += ["--deff", asked["deff"]]
    if stat == "ratio":
        found += ["--denominator", asked["denominator"]]
    if stat == "prop":
        found += ["--ci", asked["ci"], "--level", asked["level"], "--df", asked["df"]]
    if stat == "quantile":
        found += ["--ci", asked["interval"], "--qrule", asked["rule"], "--quantiles", "0.1,0.25,0.5,0.9"]
    return found


def design_options(name: str, folder: Path) -> list[str]:
    """File and options of a design of classic.R."""
    path = folder / "data.csv"
    data_of(name).write_csv(path, null_value="NA")
    base, _, calibration = name.partition("+")
    how = replication(base)
    sample = of_sample(name) if how else base.partition(":")[0]
    arguments = {key: listed(value) for key, value in DESIGNS[sample].items() if key not in ("data", "nest")}
    options = [str(path)]
    if how:
        options += ["--weights", arguments["weights"], *replicate_options(how)]
    else:
        options += [text for key, value in arguments.items() for text in (f"--{key}", value)]
        options += ["--nest"] if DESIGNS[sample].get("nest") else []
    if calibration:
        (folder / "margins.toml").write_text(margins(calibration, sample))
        options += ["--calibrate", str(folder / "margins.toml")]
    _, *rules = base.split(":")
    options += ["--lonely", rules[0]] if rules else []
    return options + (["--lonely-domains"] if "domains" in rules else [])


def replicate_options(how: dict[str, Any]) -> list[str]:
    scales = dict.fromkeys(how["rscales"])
    rscales = ",".join(map(str, scales if len(scales) == 1 else how["rscales"]))
    kind = {"subbootstrap": "bootstrap", "mrbbootstrap": "bootstrap"}.get(how["type"], how["type"])
    rho = ["--rep-rho", str(how["rho"])] if kind == "Fay" else []
    options = ["--replicates", "rep_*", "--rep-type", kind, "--rep-scale", str(how["scale"]), "--rep-rscales", rscales]
    return [*options, *rho, *(["--rep-mse"] if how["mse"] else [])]


def listed(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ",".join(value)


def test_models_of_many_kinds_of_design_are_compared() -> None:
    assert {"strat", "clus2", "clus1_jk1"} <= set(designs("glm"))
    assert any("+" in name for name in designs("glm"))


@pytest.mark.parametrize("name", marked(designs("glm")))
def test_analyse_gives_rs_values(name: str, tmp_path: Path) -> None:
    options = design_options(name, tmp_path)
    rows = verdicts_of(name).filter(pl.col("call") == "glm", pl.col("domain") == "")
    rows = rows.filter(pl.col("reason") == "agrees")
    found: dict[int, float | None] = {}
    for (asked, outcome), part in rows.group_by("options", "variable", maintain_order=True):
        wanted = options_of(str(asked))
        model = ["--outcome", str(outcome), "--terms", wanted["terms"], "--family", wanted["family"]]
        only = ["--only", wanted["only"]] if wanted["only"] else []
        result = CliRunner().invoke(command, ["analyse", *options, *model, *only, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        coefficients = {row["term"]: row for row in json.loads(result.output)["coefficients"]}
        found |= {row["place"]: coefficients[row["category"]][row["quantity"]] for row in part.iter_rows(named=True)}
    ours = rows.with_columns(pl.Series("ours", [found[place] for place in rows["place"]], dtype=pl.Float64))
    assert rows.height > 0
    assert ours.height == with_gap(ours).filter(pl.col("gap") <= AGREES).height
