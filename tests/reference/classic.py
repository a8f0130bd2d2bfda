"""R's values on its own data sets beside ours: what each value asks, and how far apart the answers are.

`golden/classic.csv.gz` says of every value which design, call and options gave it. The tests compare them in the
library and through the command; tools/agreement_with_r.py writes docs/methods/agreement-with-r.md from the same.
"""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from barometer import estimation as est
from barometer.problems import Place
from barometer.tables import Replicates
from barometer.weighting import calibrate_margins, calibrate_replicates, read_margins

GOLDEN = Path(__file__).parent / "golden"
LONELY_TYPES = {"data": "lonely", "weights": "pw", "strata": "stype"}
ELECTION: dict[str, Any] = {"data": "election_pps", "fpc": "p"}
DESIGNS: dict[str, dict[str, Any]] = {
    "srs": {"data": "apisrs", "weights": "pw", "fpc": "fpc"},
    "srs_wr": {"data": "apisrs", "weights": "pw"},
    "srs_unweighted": {"data": "apisrs", "fpc": "fpc"},
    "srs_fraction": {"data": "apisrs", "fpc": "fraction"},
    "strat": {"data": "apistrat", "weights": "pw", "strata": "stype", "fpc": "fpc"},
    "strat_wr": {"data": "apistrat", "weights": "pw", "strata": "stype"},
    "strat_unweighted": {"data": "apistrat", "strata": "stype", "fpc": "fpc"},
    "strat_fraction": {"data": "apistrat", "weights": "pw", "strata": "stype", "fpc": "fraction"},
    "clus1": {"data": "apiclus1", "weights": "pw", "psu": "dnum", "fpc": "fpc"},
    "clus1_wr": {"data": "apiclus1", "weights": "pw", "psu": "dnum"},
    "clus1_unweighted": {"data": "apiclus1", "psu": "dnum", "fpc": "fpc"},
    "clus1_fraction": {"data": "apiclus1", "weights": "pw", "psu": "dnum", "fpc": "fraction"},
    "clus2": {"data": "apiclus2", "psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]},
    "clus2_pw": {"data": "apiclus2", "weights": "pw", "psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]},
    "clus2_wr": {"data": "apiclus2", "weights": "pw", "psu": ["dnum", "snum"]},
    "clus2_fraction": {"data": "apiclus2", "psu": ["dnum", "snum"], "fpc": ["f1", "f2"]},
    "fpc": {"data": "fpc", "weights": "weight", "strata": "stratid", "psu": "psuid", "fpc": "Nh", "nest": True},
    "fpc_wr": {"data": "fpc", "weights": "weight", "strata": "stratid", "psu": "psuid", "nest": True},
    "scd": {"data": "scd", "weights": "one", "strata": "ESA", "psu": "ambulance", "fpc": "fpc", "nest": True},
    "scd_wr": {"data": "scd", "weights": "one", "strata": "ESA", "psu": "ambulance", "nest": True},
    "hospital": {"data": "hospital", "weights": "weighta", "strata": "oblevel", "psu": "hospno", "fpc": "tothosp"},
    "mu284": {"data": "mu284", "psu": ["id1", "id2"], "fpc": ["n1", "n2"]},
    "brewer": ELECTION | {"pps": "brewer"},
    "overton": ELECTION | {"pps": "overton"},
    "hartley_rao": ELECTION | {"pps": "hartley-rao"},
    "hartley_rao_known": ELECTION | {"pps": "hartley-rao known"},
    "joint": ELECTION | {"pps": ("election_jointprob", "HT")},
    "joint_yg": ELECTION | {"pps": ("election_jointprob", "YG")},
    "joint_hr": ELECTION | {"pps": ("election_jointHR", "HT")},
    "joint_hr_yg": ELECTION | {"pps": ("election_jointHR", "YG")},
    "pps_wr": {"data": "election_pps", "weights": "wt"},
    "crowd": {"data": "crowd", "weights": "weight", "strata": "stratum", "psu": "cluster"},
    "nhanes": {"data": "nhanes", "weights": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU", "nest": True},
    "yrbs": {"data": "yrbs", "weights": "weight", "strata": "stratum", "psu": "psu"},
    "lonely": LONELY_TYPES | {"fpc": "size"},
    "lonely_wr": LONELY_TYPES,
}
BOUNDS = {
    "srs": ([0.6, 1.6], [0.9, 1.2]),
    "strat": ([0.6, 1.6], [0.8, 1.3]),
    "clus1": ([0.3, 3], [0.5, 2]),
    "clus1_wr": ([0.3, 3], [0.5, 2]),
    "clus2_pw": ([0.3, 3], [0.4, 2.2]),
}


@cache
def table(name: str) -> pl.DataFrame:
    content = gzip.decompress((GOLDEN / f"{name}.csv.gz").read_bytes())
    return pl.read_csv(content, infer_schema_length=None, null_values=[""])


@cache
def values() -> pl.DataFrame:
    """R's values: family, design, call, options, variable, category, domain, quantity, value (null: undefined)."""
    content = gzip.decompress((GOLDEN / "classic.csv.gz").read_bytes())
    texts = ("family", "design", "call", "options", "variable", "category", "domain", "quantity")
    frame = pl.read_csv(content, schema=dict.fromkeys(texts, pl.String) | {"value": pl.Float64})
    return frame.with_columns(pl.col(texts).fill_null("")).with_row_index("place")


def margins(kind: str, base: str) -> str:
    """The file of margins (TOML) of one of the calibrations of classic.R."""
    known = json.loads((GOLDEN / "classic" / "totals.json").read_text())

    def cells(*columns: str) -> str:
        totals = known[":".join(columns)]
        inside = ", ".join(f'"{code}" = {total}' for code, total in totals.items())
        return f"[[margin]]\ncolumns = {json.dumps(columns)}\ntotals = {{ {inside} }}\n"

    number = f'[[margin]]\ncolumn = "api99"\ntotal = {known["numbers"]["api99"]}\n'
    both = cells("stype") + number
    wide, tight = BOUNDS.get(base, ([], []))
    return {
        "ps": 'method = "poststratify"\n' + cells("stype"),
        "ps2": 'method = "poststratify"\n' + cells("stype", "sch.wide"),
        "rake": 'method = "rake"\ntolerance = 1e-10\n' + cells("stype") + cells("sch.wide"),
        "linear": 'method = "linear"\n' + both,
        "raking": both,
        "types": 'method = "linear"\n' + cells("stype"),
        "number": 'method = "linear"\n' + number,
        "logit": f'method = "logit"\nbounds = {wide}\n' + both,
        "bounded": f'method = "linear"\nbounds = {tight}\n' + both,
        "cluster": 'method = "linear"\nnegative = true\ncluster = "dnum"\n' + both,
        "cluster_raking": 'method = "raking"\ncluster = "dnum"\n' + both,
    }[kind]


@cache
def design(name: str) -> est.SurveyDesign:
    """A design of classic.R by its name: `strat`, `lonely:adjust`, `clus1+linear`, `clus1_boot+rake`."""
    base, _, calibration = name.partition("+")
    how = replication(base)
    if how:
        return _replicated(base, how, calibration)
    base, *rules = base.split(":")
    if rules:
        return _sampled(base, lonely=rules[0], lonely_domains="domains" in rules)
    if not calibration:
        return _sampled(base)
    arguments = dict(DESIGNS[base])
    data = data_of(base)
    del arguments["data"]
    plan = read_margins(margins(calibration, base).encode(), Place())
    weights = data[arguments.pop("weights")]
    return est.survey_design(data, calibration=calibrate_margins(weights, data, plan), **arguments)


@cache
def data_of(name: str) -> pl.DataFrame:
    """The table of a design; of replicate designs with the weights of the replicates, rep_1 and so on."""
    base = name.partition("+")[0].partition(":")[0]
    if replication(base):
        sample = table(f"classic/{DESIGNS[of_sample(base)]['data']}")
        return pl.concat([sample, table(f"classic/{base}.weights")], how="horizontal")
    return table(f"classic/{DESIGNS[base]['data']}")


def of_sample(name: str) -> str:
    """The design replicates were made of: `clus1` of `clus1_boot+linear`."""
    stem = name.partition("+")[0].partition("_")[0]
    return "clus2_pw" if stem == "clus2" else stem


def replication(name: str) -> dict[str, Any]:
    """How R's replicates of this name are to be read; empty for other designs."""
    rows = table("classic/replicates").filter(pl.col("design") == name).to_dicts()
    if not rows:
        return {}
    rscales = [float(one) for one in str(rows[0]["rscales"]).split()]
    return rows[0] | {"rscales": rscales, "mse": bool(rows[0]["mse"])}


def _sampled(base: str, **rules: Any) -> est.SurveyDesign:
    arguments = DESIGNS[base] | rules
    data = data_of(base)
    del arguments["data"]
    match arguments.get("pps"):
        case (matrix, form):
            joint = table(f"classic/{matrix}").to_numpy()
            arguments["pps"] = est.JointProbabilities(joint, form=form)
        case "overton":
            arguments["pps"] = est.JointProbabilities(approximation="overton")
        case "hartley-rao":
            arguments["pps"] = est.JointProbabilities(approximation="hartley-rao")
        case "hartley-rao known":
            known = json.loads((GOLDEN / "classic" / "totals.json").read_text())["mean_square"]
            arguments["pps"] = est.JointProbabilities(approximation="hartley-rao", mean_square=known)
    return est.survey_design(data, **arguments)


def _replicated(name: str, how: dict[str, Any], calibration: str) -> est.SurveyDesign:
    data = data_of(name)
    names = [one for one in data.columns if one.startswith("rep_")]
    weights = DESIGNS[of_sample(name)]["weights"]
    if calibration:
        matrix = data.select(names).to_numpy()
        before = Replicates.of(data[weights].to_numpy(), matrix, how["scale"], np.array(how["rscales"]), mse=how["mse"])
        plan = read_margins(margins(calibration, of_sample(name)).encode(), Place())
        return est.survey_design(data, replicates=calibrate_replicates(before, data, plan))
    columns = est.ReplicateColumns(names, type="other", scale=how["scale"], rscales=how["rscales"], mse=how["mse"])
    return est.survey_design(data, weights=weights, replicates=columns)
