"""One flat function per command, in the order of the work; what is stale; provenance; diff against the last release.

Each function reads what the steps before it left in the build folder, calls one room, and leaves its outputs with
a sidecar: checksums of every input, version and checksum of the program, seed. A step is stale when any of these
differs from what its inputs are now.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from barometer import files
from barometer.disclosure import Decision, Release, nothing_left, open_release, protect_in_full, release_files
from barometer.edition import contradictions, read_edition, read_figures
from barometer.estimation import estimate, join, unit_counts
from barometer.model import Edition, Folder
from barometer.pipeline import ledger
from barometer.pipeline._answer_sources import collected, imported, simulated
from barometer.pipeline.approvals import KEY, VARIABLE, check_approvals
from barometer.pipeline.releasing import Candidate, missing, prepare, read_release
from barometer.problems import BadInput, Place, Problem, raise_errors
from barometer.publication import Comparison
from barometer.publication import compare as compare_figures
from barometer.questionnaire import changed_cases
from barometer.sampling import check_design, draw_sample
from barometer.tables import Estimates, Sample, UnitCounts, Weights, from_parquet, to_parquet
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
    "candidate": ("protect",),
    "publish": ("protect",),
}
_READS: Mapping[str, tuple[str, ...]] = {  # files of the edition folder each step depends on; '' means all
    "sample": ("edition.toml", "frame", "design.toml"),
    "collect": ("edition.toml", "questionnaires/", "coding/"),
    "answers": ("",),
    "weigh": ("edition.toml", "frame", "weighting.toml", "outputs.toml"),
    "estimate": ("edition.toml", "frame", "questionnaires/", "coding/", "indicators.toml", "outputs.toml"),
    "protect": ("edition.toml", "frame", "questionnaires/", "coding/", "indicators.toml", "outputs.toml"),
    "candidate": ("",),
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
    _leave(desk, "sample", {f"{name}.parquet": to_parquet(one.units) for name, one in drawn.items()})
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
            table, found = collected(desk.build, survey, drawn)
        elif survey.answers.kind == "imported":
            table, found = imported(desk.folder, survey, drawn)
        else:
            table, found = simulated(desk.folder, survey, drawn, desk.rng(f"answers {survey.id}"))
        problems += found
        tables[survey.id] = table
    warnings = raise_errors(problems)
    _leave(desk, "answers", {f"{name}.parquet": to_parquet(table) for name, table in tables.items()})
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
    outputs = {
        f"{survey}.{name}.parquet": to_parquet(one) for survey, own in tables.items() for name, one in own.items()
    }
    earlier = desk.build.provenance("collect")
    if earlier and earlier["outputs"] == {name: files.digest(content) for name, content in outputs.items()}:
        return Outcome(f"freeze {earlier['freeze']}: nothing has changed since")
    before = desk.build.read("collect", "collect") if earlier and not desk.build.damaged("collect") else {}
    parts, changes = [], {}
    for survey, own in tables.items():
        old = before.get(f"{survey}.answers.parquet")
        changes[survey] = changed_cases(own["answers"], from_parquet(old) if old else None)
        told = ", ".join(f"{count:,} {what}" for what, count in changes[survey].items() if count)
        parts.append(f"{own['answers'].height:,} cases ({survey}{': ' + told if earlier and told else ''})")
    number = (earlier["freeze"] if earlier else 0) + 1
    _leave(desk, "collect", outputs, {**about, "freeze": number, "changes": changes})
    return Outcome(f"freeze {number}: {'; '.join(parts)}")


def weigh_answers(desk: Desk) -> Outcome:
    """Weigh the answers of every survey to its frame."""
    samples, tables = drawn_samples(desk), given_answers(desk)
    outputs: dict[str, bytes] = {}
    parts = []
    for survey in desk.edition.surveys:
        weights = weigh(survey, samples[survey.id], tables[survey.id])
        for name in ("cases", "auxiliaries", "response", "diagnostics", "asked"):
            outputs[f"{survey.id}.{name}.parquet"] = to_parquet(getattr(weights, name))
        total = weights.cases["weight"].sum()
        parts.append(
            f"weights sum to {total:,.0f} ({survey.id})" if survey.weighting.weighted else f"no weights ({survey.id})"
        )
    _leave(desk, "weigh", outputs)
    return Outcome("; ".join(parts))


def estimate_programme(desk: Desk) -> Outcome:
    """Estimate every indicator in every cell, with its uncertainty."""
    estimates = estimates_of(desk)
    _leave(desk, "estimate", {f"{name}.parquet": to_parquet(getattr(estimates, name)) for name in _ESTIMATES})
    return Outcome(f"{estimates.cells.height:,} estimates, {estimates.contrasts.height:,} differences tested")


def protect_estimates(desk: Desk) -> Outcome:
    """Hide what could give a respondent away, and prove it; the only way to a release."""
    estimates = stored_estimates(desk)
    units = units_of(desk)
    before, warnings = ledger.before(desk.build, desk.releases, units)
    release, decision = protect_in_full(desk.edition, estimates, before)
    raise_errors(nothing_left(desk.edition, release.cells))
    outputs = {f"release/{name}": content for name, content in release_files(release).items()}
    outputs["confidential/decision.parquet"] = to_parquet(decided(estimates, decision))
    outputs["confidential/audit.parquet"] = to_parquet(decision.findings)
    outputs |= {f"evidence/{name}": content for name, content in ledger.confidential(estimates, units).items()}
    _leave(desk, "protect", outputs, {"after_release": ledger.after_release(desk.build, before, release)})
    hidden = release.cells.filter(pl.col("status") == "c").height
    held = f", {len(decision.held):,} stay as they were" if decision.held else ""
    line = f"{release.cells.height - hidden:,} cells published, {hidden:,} hidden{held}; audit passed"
    return Outcome(line, warnings)


def propose_release(desk: Desk, now: datetime, review: Mapping[str, bytes]) -> tuple[Candidate, Outcome]:
    """Make what `publish` would store now, and leave it, with the reviewer's page, for those who vote on it."""
    ledger.protected_for(desk.build, desk.releases)
    candidate = prepare(protected(desk), desk.edition, desk.releases, now)
    outputs = {f"{part.number}/{name}": one for part in candidate.parts for name, one in part.files.items()}
    told = json.dumps(candidate.summary(), ensure_ascii=False).encode()
    reviewed = {f"review/{name}": one for name, one in review.items()}
    _leave(desk, "candidate", {**outputs, **reviewed, "candidate.json": told})
    return candidate, Outcome(f"{candidate.digest[:12]}: {len(outputs):,} files", candidate.warnings)


def publish_release(desk: Desk, now: datetime | None = None) -> Outcome:
    """Store site and open data as the next release, sealed until their minute, if enough people agreed to them."""
    now = now or datetime.now(UTC)
    ledger.complete(desk.releases)
    ledger.protected_for(desk.build, desk.releases)
    candidate = prepare(protected(desk), desk.edition, desk.releases, now)
    fresh = missing(candidate, desk.releases)
    approvals, key = desk.build.approvals(), files.installation_key(desk.build.workspace, VARIABLE, KEY)
    asked = (desk.edition.id, candidate.digest, desk.edition.approvals)
    raise_errors(check_approvals(approvals, *asked, key) if fresh else ())
    for part in fresh:
        about = candidate.about(part, now) | ({"approvals": files.digest(approvals)} if approvals else {})
        release = open_release(_under("data/", part.files))
        ledger.keep(desk.build, part.number, release, _under("evidence/", desk.build.read("protect", "protect")), about)
        desk.releases.add(part.files, about)
    ledger.complete(desk.releases)
    desk.releases.open_due(now)
    last = candidate.parts[-1]
    _leave(desk, "publish", {"release.json": json.dumps({"release": last.number}).encode()})
    sealed = [f"release {one.number} is sealed until {one.released_at}" for one in fresh if one.released_at > now]
    line = f"release {last.number}: {len(last.files):,} files" + ("" if fresh else ", unchanged")
    return Outcome("; ".join([line, *sealed]), candidate.warnings)


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
        survey.id: Sample(survey.id, from_parquet(stored[f"{survey.id}.parquet"]), survey.frame.units.height)
        for survey in desk.edition.surveys
    }


def units_of(desk: Desk) -> UnitCounts:
    """The evidence of the answers in the build folder, unit by unit."""
    samples, tables, weights = drawn_samples(desk), given_answers(desk), made_weights(desk)
    parts = [unit_counts(one, samples[one.id], tables[one.id], weights[one.id]) for one in desk.edition.surveys]
    return UnitCounts(pl.concat([one.leaves for one in parts]), pl.concat([one.counts for one in parts]))


def estimates_of(desk: Desk) -> Estimates:
    """The answers and weights of the build folder, estimated by the edition's definitions."""
    samples, tables, weights = drawn_samples(desk), given_answers(desk), made_weights(desk)
    return join([estimate(one, samples[one.id], tables[one.id], weights[one.id]) for one in desk.edition.surveys])


def stored_estimates(desk: Desk) -> Estimates:
    """The estimates that `estimate` left in the build folder."""
    stored = desk.build.read("estimate", "estimate")
    return Estimates(**{name: from_parquet(stored[f"{name}.parquet"]) for name in _ESTIMATES})


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
    return numbers[-1], read_release(desk.releases, numbers[-1])


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
    if step == "protect" and not ledger.is_protected_for(desk.build, desk.releases):
        reasons.append("a release was published since")
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


_ESTIMATES = ("cells", "contrasts", "leaves", "counts", "response", "diagnostics")


def decided(estimates: Estimates, decision: Decision) -> pl.DataFrame:
    """Every hidden cell with the rule that hides it, or 'secondary'. For the survey team only."""
    rules = {**dict.fromkeys(decision.secondary, "secondary"), **decision.sensitive}
    rows = sorted(rules)
    keys = estimates.cells[rows].select("survey", "indicator", "breakdown", "cell", "n", "units")
    return keys.with_columns(rule=pl.Series([rules[row] for row in rows], dtype=pl.String))


def given_answers(desk: Desk) -> dict[str, pl.DataFrame]:
    stored = desk.build.read("answers", "simulate")
    return {survey.id: from_parquet(stored[f"{survey.id}.parquet"]) for survey in desk.edition.surveys}


def made_weights(desk: Desk) -> dict[str, Weights]:
    stored = desk.build.read("weigh", "weigh")
    parts = ("cases", "auxiliaries", "response", "diagnostics", "asked")
    return {
        survey.id: Weights(survey.id, **{part: from_parquet(stored[f"{survey.id}.{part}.parquet"]) for part in parts})
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
