"""One flat function per command, in the order of the work; what is stale; provenance; diff against the last release.

Each function reads what the steps before it left in the build folder, calls one room, and leaves its outputs with
a sidecar: checksums of every input, version and checksum of the program, seed. A step is stale when any of these
differs from what its inputs are now.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from barometer import files
from barometer.disclosure import Decision, Release, open_release, protect_in_full, release_files
from barometer.edition import contradictions, read_edition, read_figures
from barometer.estimation import estimate, join
from barometer.model import Edition, Folder, Survey
from barometer.problems import BadInput, Place, Problem, raise_errors
from barometer.publication import Comparison, check_claims, publish
from barometer.publication import compare as compare_figures
from barometer.questionnaire import changed_cases, check_answers, import_answers
from barometer.sampling import check_design, draw_sample
from barometer.simulation import simulate_answers
from barometer.tables import Estimates, Sample, Weights
from barometer.weighting import weigh

STEPS = ("sample", "answers", "weigh", "estimate", "protect", "publish")
VERBS = {step: step for step in STEPS} | {"answers": "simulate"}

_UPSTREAM: Mapping[str, tuple[str, ...]] = {
    "sample": (),
    "collect": ("sample",),
    "answers": ("sample", "collect"),
    "weigh": ("sample", "answers"),
    "estimate": ("sample", "answers", "weigh"),
    "protect": ("estimate",),
    "publish": ("protect",),
}
_READS: Mapping[str, tuple[str, ...]] = {  # files of the edition folder each step depends on; '' means all
    "sample": ("edition.toml", "frame", "design.toml"),
    "collect": ("edition.toml", "questionnaires/"),
    "answers": ("",),
    "weigh": ("edition.toml", "frame", "weighting.toml", "outputs.toml"),
    "estimate": ("edition.toml", "frame", "questionnaires/", "indicators.toml", "outputs.toml"),
    "protect": ("edition.toml", "frame", "questionnaires/", "indicators.toml", "outputs.toml"),
    "publish": ("",),
}


@dataclass(frozen=True)
class Desk:
    """An edition being worked on: its folder as read, its build folder and its releases."""

    folder: Folder
    build: files.Build
    releases: files.Releases

    @cached_property
    def edition(self) -> Edition:
        return read_edition(self.folder)

    def rng(self, use: str) -> np.random.Generator:
        """A generator of its own for each named use, all from the edition's one seed."""
        return np.random.default_rng([self.edition.seed, *hashlib.sha256(use.encode()).digest()[:8]])


@dataclass(frozen=True)
class Outcome:
    """What a step tells the person who ran it: one line, and warnings."""

    line: str
    warnings: tuple[Problem, ...] = ()


def open_desk(path: Path, workspace: Path) -> Desk:
    """Read an edition folder; its build folder and releases lie in the workspace under the folder's name."""
    name = path.resolve().name
    return Desk(
        files.read_folder(path),
        files.Build(workspace / "build" / name),
        files.Releases(workspace / "releases" / name),
    )


def sample(desk: Desk) -> Outcome:
    """Draw the sample of every survey from its frame."""
    warnings = raise_errors(problem for survey in desk.edition.surveys for problem in check_design(survey))
    drawn = {survey.id: draw_sample(survey, desk.rng(f"sample {survey.id}")) for survey in desk.edition.surveys}
    _leave(desk, "sample", {f"{name}.parquet": _parquet(one.units) for name, one in drawn.items()})
    parts = [
        f"{one.units.height:,} of {desk.edition.survey(name).frame.units.height:,} units ({name})"
        for name, one in drawn.items()
    ]
    return Outcome("; ".join(parts), warnings)


def answers(desk: Desk) -> Outcome:
    """Take the answers of every survey, made up, from a file collected elsewhere or frozen by `freeze`; check them."""
    samples = drawn_samples(desk)
    tables: dict[str, pl.DataFrame] = {}
    problems: list[Problem] = []
    for survey in desk.edition.surveys:
        drawn = samples[survey.id]
        if survey.answers.kind == "collected":
            table, found = _collected(desk, survey, drawn)
        elif survey.answers.kind == "imported":
            table, found = _imported(desk, survey)
            found += check_answers(survey.instrument, drawn.units, table)
        else:
            table = _simulated(desk, survey, drawn)
            found = check_answers(survey.instrument, drawn.units, table)
        problems += found
        tables[survey.id] = table
    warnings = raise_errors(problems)
    _leave(desk, "answers", {f"{name}.parquet": _parquet(table) for name, table in tables.items()})
    parts = [
        f"{table.height:,} cases of {table['unit_id'].n_unique():,} units ({name})" for name, table in tables.items()
    ]
    return Outcome("; ".join(parts), warnings)


def freeze(desk: Desk, tables: Mapping[str, Mapping[str, pl.DataFrame]], about: Mapping[str, Any]) -> Outcome:
    """Keep answers collected by our own fieldwork for the step 'answers'; says what differs from those kept before.

    `tables`: survey -> name -> table; 'answers' as `answer_columns` tells with case_id and unit_id, 'cases' with
    questionnaire (digest) and complete, and what else is to be kept. `about`: into the sidecar. The same answers
    again change nothing.
    """
    outputs = {f"{survey}.{name}.parquet": _parquet(one) for survey, own in tables.items() for name, one in own.items()}
    earlier = desk.build.provenance("collect")
    if earlier and earlier["outputs"] == {name: files.digest(content) for name, content in outputs.items()}:
        return Outcome(f"freeze {earlier['freeze']}: nothing has changed since")
    before = desk.build.read("collect", "collect") if earlier and not desk.build.damaged("collect") else {}
    parts, changes = [], {}
    for survey, own in tables.items():
        old = before.get(f"{survey}.answers.parquet")
        changes[survey] = changed_cases(own["answers"], _frame(old) if old else None)
        told = ", ".join(f"{count:,} {what}" for what, count in changes[survey].items() if count)
        parts.append(f"{own['answers'].height:,} cases ({survey}{': ' + told if earlier and told else ''})")
    number = (earlier["freeze"] if earlier else 0) + 1
    _leave(desk, "collect", outputs, {**about, "freeze": number, "changes": changes})
    return Outcome(f"freeze {number}: {'; '.join(parts)}")


def weigh_answers(desk: Desk) -> Outcome:
    """Weigh the answers of every survey to its frame."""
    samples, tables = drawn_samples(desk), _answers(desk)
    outputs: dict[str, bytes] = {}
    parts = []
    for survey in desk.edition.surveys:
        weights = weigh(survey, samples[survey.id], tables[survey.id])
        for name in ("cases", "auxiliaries", "response", "diagnostics", "asked"):
            outputs[f"{survey.id}.{name}.parquet"] = _parquet(getattr(weights, name))
        total = weights.cases["weight"].sum()
        parts.append(
            f"weights sum to {total:,.0f} ({survey.id})" if survey.weighting.weighted else f"no weights ({survey.id})"
        )
    _leave(desk, "weigh", outputs)
    return Outcome("; ".join(parts))


def estimate_programme(desk: Desk) -> Outcome:
    """Estimate every indicator in every cell, with its uncertainty."""
    samples, tables, weights = drawn_samples(desk), _answers(desk), _weights(desk)
    estimates = join(
        [estimate(survey, samples[survey.id], tables[survey.id], weights[survey.id]) for survey in desk.edition.surveys]
    )
    _leave(desk, "estimate", {f"{name}.parquet": _parquet(getattr(estimates, name)) for name in _ESTIMATES})
    return Outcome(f"{estimates.cells.height:,} estimates, {estimates.contrasts.height:,} differences tested")


def protect_estimates(desk: Desk) -> Outcome:
    """Hide what could give a respondent away, and prove it; the only way to a release."""
    stored = desk.build.read("estimate", "estimate")
    estimates = Estimates(**{name: _frame(stored[f"{name}.parquet"]) for name in _ESTIMATES})
    release, decision = protect_in_full(desk.edition, estimates)
    outputs = {f"release/{name}": content for name, content in release_files(release).items()}
    outputs["confidential/decision.parquet"] = _parquet(_decided(estimates, decision))
    outputs["confidential/audit.parquet"] = _parquet(decision.findings)
    _leave(desk, "protect", outputs)
    hidden = release.cells.filter(pl.col("status") == "c").height
    return Outcome(f"{release.cells.height - hidden:,} cells published, {hidden:,} hidden; audit passed")


def publish_release(desk: Desk) -> Outcome:
    """Write the site and the open data, and store them as a release unless nothing changed."""
    release = protected(desk)
    raise_errors(check_claims(release, desk.edition))
    site = {f"site/{name}": content for name, content in publish(release, desk.edition).items()}
    data = {f"data/{name}": content for name, content in release_files(release).items()}
    about = {
        "edition": desk.edition.id,
        "released_at": desk.edition.release_at.isoformat(),
        "synthetic": desk.edition.synthetic,
        "version": version("barometer"),
    }
    number, fresh = desk.releases.add({**site, **data}, about)
    _leave(desk, "publish", {"release.json": json.dumps({"release": number}).encode()})
    return Outcome(f"release {number}: {len(site):,} files" + ("" if fresh else ", unchanged"))


ACTIONS = {
    "sample": sample,
    "answers": answers,
    "weigh": weigh_answers,
    "estimate": estimate_programme,
    "protect": protect_estimates,
    "publish": publish_release,
}


def drawn_samples(desk: Desk) -> dict[str, Sample]:
    """The sample of each survey as `sample` left it in the build folder."""
    stored = desk.build.read("sample", "sample")
    return {
        survey.id: Sample(survey.id, _frame(stored[f"{survey.id}.parquet"]), survey.frame.units.height)
        for survey in desk.edition.surveys
    }


def protected(desk: Desk) -> Release:
    """The release that `protect` left in the build folder."""
    stored = desk.build.read("protect", "protect")
    return open_release(_under("release/", stored))


def last_release(desk: Desk) -> tuple[int, Release]:
    """Number and content of the last published release."""
    numbers = desk.releases.numbers()
    if not numbers:
        place = Place(file=str(desk.releases.root))
        raise BadInput(
            (
                Problem(
                    "B010",
                    place,
                    "no release",
                    "at least one published release",
                    "Run 'barometer publish' first.",
                ),
            )
        )
    return numbers[-1], open_release(_under("data/", desk.releases.read(numbers[-1])))


def stale(desk: Desk, step: str) -> tuple[str, ...]:
    """Why a step must be done again, in words; empty when its outputs fit all inputs as they are now."""
    record = desk.build.provenance(step)
    if record is None:
        return ("not done yet",)
    if damaged := desk.build.damaged(step):
        return tuple(f"{name} was changed or lost after it was made" for name in damaged)
    if step == "publish" and not desk.releases.numbers():
        return ("the release folder is gone",)
    reasons = []
    if record["code"]["digest"] != files.code_digest():
        reasons.append("the program changed")
    then, now = record["inputs"], _inputs(desk, step)
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            verb = "is new" if name not in then else "is gone" if name not in now else "changed"
            reasons.append(f"{name} {verb}")
    return tuple(reasons)


def compare(desk: Desk, name: str, figures: bytes) -> tuple[Comparison, ...]:
    """The last release beside published figures (a CSV); figures that contradict each other are set apart."""
    _, release = last_release(desk)
    printed = read_figures(name, figures, desk.edition.surveys)
    contradicted = {
        figure: reason
        for survey in desk.edition.surveys
        for figure, reason in contradictions(printed, survey.programme).items()
    }
    return compare_figures(release, desk.edition, printed, contradicted)


def diff(new: Release, old: Release) -> pl.DataFrame:
    """What differs between two releases: one row a cell that is new, gone or changed."""
    keys = ["survey", "indicator", "breakdown", "cell"]
    shown = ["value", "n", "status"]
    both = old.cells.select(*keys, *shown).join(
        new.cells.select(*keys, *shown), on=keys, how="full", coalesce=True, suffix="_new"
    )
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in shown)
    what = (
        pl.when(pl.col("status").is_null())
        .then(pl.lit("new"))
        .when(pl.col("status_new").is_null())
        .then(pl.lit("gone"))
        .otherwise(pl.lit("changed"))
    )
    return both.filter(changed).with_columns(what.alias("what")).sort(keys)


_ESTIMATES = ("cells", "contrasts", "leaves", "counts", "response", "diagnostics")


def _decided(estimates: Estimates, decision: Decision) -> pl.DataFrame:
    """Every hidden cell with the rule that hides it, or 'secondary'. For the survey team only."""
    rules = {**dict.fromkeys(decision.secondary, "secondary"), **decision.sensitive}
    rows = sorted(rules)
    keys = estimates.cells[rows].select("survey", "indicator", "breakdown", "cell", "n", "units")
    return keys.with_columns(rule=pl.Series([rules[row] for row in rows], dtype=pl.String))


def _imported(desk: Desk, survey: Survey) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    source = survey.answers
    return import_answers(
        desk.folder[source.file],
        desk.folder[source.map_file],
        survey,
        Place(file=source.file),
        Place(file=source.map_file),
    )


def _collected(desk: Desk, survey: Survey, drawn: Sample) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """What `freeze` left; of partials and cases of earlier versions, checked before, only ids are looked at."""
    stored, name = desk.build.read("collect", "collect"), f"{survey.id}.answers.parquet"
    if name not in stored:
        raise BadInput(
            (Problem("B005", Place(file=name), "nothing there yet", name, "Run 'barometer collect' again."),)
        )
    table, cases = _frame(stored[name]), _frame(stored[f"{survey.id}.cases.parquet"])
    whole = cases.filter(pl.col("complete") & (pl.col("questionnaire") == survey.instrument.digest))["case_id"]
    here = table["case_id"].is_in(whole.to_list())
    found = check_answers(survey.instrument, drawn.units, table.filter(here))
    others = check_answers(survey.instrument, drawn.units, table.filter(~here))
    return table, (*found, *(problem for problem in others if problem.code in ("A004", "A005", "A006")))


def _simulated(desk: Desk, survey: Survey, drawn: Sample) -> pl.DataFrame:
    rng = desk.rng(f"answers {survey.id}")
    return simulate_answers(
        survey, drawn, desk.folder.get("simulation.toml", b""), desk.folder.get("figures.csv", b""), rng
    )


def _answers(desk: Desk) -> dict[str, pl.DataFrame]:
    stored = desk.build.read("answers", "simulate")
    return {survey.id: _frame(stored[f"{survey.id}.parquet"]) for survey in desk.edition.surveys}


def _weights(desk: Desk) -> dict[str, Weights]:
    stored = desk.build.read("weigh", "weigh")
    parts = ("cases", "auxiliaries", "response", "diagnostics", "asked")
    return {
        survey.id: Weights(survey.id, **{part: _frame(stored[f"{survey.id}.{part}.parquet"]) for part in parts})
        for survey in desk.edition.surveys
    }


def _leave(desk: Desk, step: str, outputs: Mapping[str, bytes], about: Mapping[str, Any] | None = None) -> None:
    record: dict[str, Any] = {
        **(about or {}),
        "step": step,
        "edition": desk.edition.id,
        "seed": desk.edition.seed,
        "synthetic": desk.edition.synthetic,
        "code": {"version": version("barometer"), "digest": files.code_digest()},
        "inputs": _inputs(desk, step),
    }
    desk.build.write(step, outputs, record)


def _inputs(desk: Desk, step: str) -> dict[str, str]:
    own = {
        f"edition/{name}": files.digest(content)
        for name, content in desk.folder.items()
        if any(
            name.startswith(start) for start in (*_READS[step], *(survey.frame.file for survey in desk.edition.surveys))
        )
    }
    for earlier in _UPSTREAM[step]:
        record = desk.build.provenance(earlier)
        own |= {f"{earlier}/{name}": checksum for name, checksum in (record or {"outputs": {}})["outputs"].items()}
    return own


def _under(folder: str, stored: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(folder): content for name, content in stored.items() if name.startswith(folder)}


def _parquet(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def _frame(content: bytes) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(content))
