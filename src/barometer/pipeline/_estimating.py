"""From the sample to the protected release: one flat function per command, in the order of the work.

Each function reads what the steps before it left in the build folder, calls one room, and leaves its outputs. Rooms are
imported by the step that needs them: publishing does not wait for what only estimating needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from barometer import files
from barometer.pipeline import ledger
from barometer.pipeline._desk import Desk, Outcome, leave
from barometer.problems import Problem, raise_errors
from barometer.tables import Estimates, Sample, UnitCounts, Weights, from_parquet, to_parquet

if TYPE_CHECKING:
    from barometer.disclosure import Decision


def sample(desk: Desk) -> Outcome:
    """Draw the sample of every survey from its frame."""
    from barometer.sampling import check_design, draw_sample

    warnings = raise_errors(problem for survey in desk.definitions.surveys for problem in check_design(survey))
    drawn = {survey.id: draw_sample(survey, desk.rng(f"sample {survey.id}")) for survey in desk.definitions.surveys}
    leave(desk, "sample", {f"{name}.parquet": to_parquet(one.units) for name, one in drawn.items()})
    parts = [
        f"{one.units.height:,} of {desk.edition.survey(name).frame.units.height:,} units ({name})"
        for name, one in drawn.items()
    ]
    return Outcome("; ".join(parts), warnings)


def answers(desk: Desk) -> Outcome:
    """Take the answers of every survey, made up, from a file collected elsewhere or frozen by `freeze`; check them."""
    from barometer.pipeline._answer_sources import collected, imported, simulated

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
            table, found = simulated(
                desk.folder, desk.definitions.survey(survey.id), drawn, desk.rng(f"answers {survey.id}")
            )
        problems += found
        tables[survey.id] = table
    warnings = raise_errors(problems)
    leave(desk, "answers", {f"{name}.parquet": to_parquet(table) for name, table in tables.items()})
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
    from barometer.questionnaire import changed_cases

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
    leave(desk, "collect", outputs, {**about, "freeze": number, "changes": changes})
    return Outcome(f"freeze {number}: {'; '.join(parts)}")


def weigh_answers(desk: Desk) -> Outcome:
    """Weigh the answers of every survey to its frame."""
    from barometer.weighting import weigh

    samples, tables = drawn_samples(desk), given_answers(desk)
    outputs: dict[str, bytes] = {}
    parts = []
    for survey in desk.definitions.surveys:
        weights = weigh(survey, samples[survey.id], tables[survey.id])
        for name in ("cases", "auxiliaries", "response", "diagnostics", "asked"):
            outputs[f"{survey.id}.{name}.parquet"] = to_parquet(getattr(weights, name))
        total = weights.cases["weight"].sum()
        parts.append(
            f"weights sum to {total:,.0f} ({survey.id})" if survey.weighting.weighted else f"no weights ({survey.id})"
        )
    leave(desk, "weigh", outputs)
    return Outcome("; ".join(parts))


def estimate_programme(desk: Desk) -> Outcome:
    """Estimate every indicator in every cell, with its uncertainty."""
    estimates = estimates_of(desk)
    leave(desk, "estimate", {f"{name}.parquet": to_parquet(getattr(estimates, name)) for name in _ESTIMATES})
    return Outcome(f"{estimates.cells.height:,} estimates, {estimates.contrasts.height:,} differences tested")


def protect_estimates(desk: Desk) -> Outcome:
    """Hide what could give a respondent away, and prove it; the only way to a release."""
    from barometer.disclosure import nothing_left, protect_in_full, release_files

    estimates = stored_estimates(desk)
    units = units_of(desk)
    before, warnings = ledger.before(desk.build, desk.releases, units)
    release, decision = protect_in_full(desk.definitions, estimates, before)
    raise_errors(nothing_left(desk.definitions, release.cells))
    outputs = {f"release/{name}": content for name, content in release_files(release).items()}
    outputs["confidential/decision.parquet"] = to_parquet(decided(estimates, decision))
    outputs["confidential/audit.parquet"] = to_parquet(decision.findings)
    outputs |= {f"evidence/{name}": content for name, content in ledger.confidential(estimates, units).items()}
    leave(desk, "protect", outputs, {"after_release": ledger.after_release(desk.build, before, release)})
    hidden = release.cells.filter(pl.col("status") == "c").height
    held = f", {len(decision.held):,} stay as they were" if decision.held else ""
    line = f"{release.cells.height - hidden:,} cells published, {hidden:,} hidden{held}; audit passed"
    return Outcome(line, warnings)


def drawn_samples(desk: Desk) -> dict[str, Sample]:
    """The sample of each survey as `sample` left it in the build folder."""
    stored = desk.build.read("sample", "sample")
    return {
        survey.id: Sample(survey.id, from_parquet(stored[f"{survey.id}.parquet"]), survey.frame.units.height)
        for survey in desk.edition.surveys
    }


def units_of(desk: Desk) -> UnitCounts:
    """The evidence of the answers in the build folder, unit by unit."""
    from barometer.estimation import unit_counts

    samples, tables, weights = drawn_samples(desk), given_answers(desk), made_weights(desk)
    parts = [unit_counts(one, samples[one.id], tables[one.id], weights[one.id]) for one in desk.definitions.surveys]
    return UnitCounts(pl.concat([one.leaves for one in parts]), pl.concat([one.counts for one in parts]))


def estimates_of(desk: Desk) -> Estimates:
    """The answers and weights of the build folder, estimated by the edition's definitions."""
    from barometer.estimation import estimate, join

    samples, tables, weights = drawn_samples(desk), given_answers(desk), made_weights(desk)
    return join([estimate(one, samples[one.id], tables[one.id], weights[one.id]) for one in desk.definitions.surveys])


def stored_estimates(desk: Desk) -> Estimates:
    """The estimates that `estimate` left in the build folder."""
    stored = desk.build.read("estimate", "estimate")
    return Estimates(**{name: from_parquet(stored[f"{name}.parquet"]) for name in _ESTIMATES})


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
