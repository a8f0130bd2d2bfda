"""From confidential estimates to a release: evidence, decision, application."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from barometer.disclosure._apply import (
    footnotes,
    released_cells,
    released_contrasts,
    released_diagnostics,
    released_response,
)
from barometer.disclosure._audit import ASSUMPTIONS, FINDINGS, World, audit
from barometer.disclosure._evidence import Evidence, gather
from barometer.disclosure._relations import Family, families, memberships, shifted
from barometer.disclosure._release import SEAL, Audit, Release
from barometer.disclosure._rules import RULES, Need, check_rules, needs_of, sensitive_rows
from barometer.disclosure._suppress import Plan, follow, suppress
from barometer.model import TOTAL, Edition
from barometer.problems import BadInput, Place, Problem
from barometer.tables import CELLS, CONTRASTS, COUNTS, DIAGNOSTICS, LEAVES, RESPONSE, Estimates, check_columns

HEADLINE = 5.0
"""How much dearer it is to hide a figure of the front page or of a claim."""


@dataclass(frozen=True)
class Protected:
    """A family with what had to be met, for the audit."""

    survey: str
    weighted: bool
    family: Family
    needs: tuple[Need, ...]
    worlds: tuple[World, ...]
    dependents: tuple[Family, ...]

    def audit(self, published: set[int]) -> pl.DataFrame:
        """FINDINGS, when these rows of the estimates are published."""
        return audit(
            *(self.survey, self.family, self.needs, published),
            weighted=self.weighted,
            worlds=self.worlds,
            dependents=self.dependents,
        )


@dataclass(frozen=True)
class Decision:
    """What is hidden and why. Confidential: it tells cells hidden for their own sake from the others.

    Keys of `sensitive` and members of `secondary` and `empty` are rows of the estimates' cells.
    """

    sensitive: dict[int, str]  # row -> first rule that says so
    secondary: frozenset[int]
    empty: frozenset[int]
    protected: tuple[Protected, ...]  # families with needs
    settled: int  # needs nothing can be done about: definitions leave no alternative; their family is hidden whole
    findings: pl.DataFrame  # of the audit: FINDINGS

    @property
    def hidden(self) -> set[int]:
        return {*self.sensitive, *self.secondary}


def protect(edition: Edition, estimates: Estimates) -> Release:
    """The release of an edition. Raises `BadInput`: D010, D013 (estimates that do not fit), D011 (lax rules), D012
    (the audit failed: nothing is released)."""
    return protect_in_full(edition, estimates)[0]


def protect_in_full(edition: Edition, estimates: Estimates) -> tuple[Release, Decision]:
    """As `protect`, and the confidential decision with the whole audit, for the build folder."""
    check_rules(edition.rules)
    for name, columns in (
        ("cells", CELLS),
        ("contrasts", CONTRASTS),
        ("leaves", LEAVES),
        ("counts", COUNTS),
        ("response", RESPONSE),
        ("diagnostics", DIAGNOSTICS),
    ):
        check_columns(getattr(estimates, name), columns, name)
    evidence = gather(edition, estimates)
    decision = decide(edition, evidence)
    return apply(edition, estimates, decision), decision


def decide(edition: Edition, evidence: Iterable[Evidence]) -> Decision:
    """What to hide in every survey; audited."""
    sensitive: dict[int, str] = {}
    secondary: set[int] = set()
    empty: set[int] = set()
    protected: list[Protected] = []
    settled, findings = 0, [pl.DataFrame(schema=FINDINGS)]
    for one in evidence:
        weighted = _is_weighted(one)
        marked = sensitive_rows(one, edition.rules)
        hidden, costs = set(marked), _costs(edition, one)
        mine: list[Protected] = []
        together = families(one)
        for family in together:
            needs = _needs(family, one, marked, edition)
            hidden |= marked.keys()
            if needs:
                plan = suppress(family, needs, hidden, costs, weighted)
                dependents = _dependents(family, together)
                worlds = _worlds(family, plan, dependents, costs)
                hidden |= plan.rows
                kept = () if worlds is None else tuple(plan.needs)
                settled += len(needs) - len(kept)
                mine.append(Protected(one.survey.id, weighted, family, kept, worlds or (), dependents))
        published = set(one.rows["row"]) - hidden
        findings += [found.audit(published) for found in mine]
        sensitive |= marked
        secondary |= hidden - marked.keys()
        empty |= one.public - hidden
        protected += mine
    return Decision(sensitive, frozenset(secondary), frozenset(empty), tuple(protected), settled, pl.concat(findings))


def _dependents(family: Family, together: Sequence[Family]) -> tuple[Family, ...]:
    universes = memberships(family)
    return tuple(one for one in together if one is not family and any(item.universe in universes for item in one.items))


def _worlds(
    family: Family, plan: Plan, dependents: Sequence[Family], costs: Mapping[int, float]
) -> tuple[World, ...] | None:
    """Worlds in which the plan's needs hold, carried on to the families that depend on memberships in this one; what
    has to be hidden so that they can go along is added to the plan. None when a family cannot go along at all: then
    everything concerned is hidden, and nothing is left to be learned."""
    starts = np.cumsum([0, *(item.size for item in family.items)])
    worlds = []
    for measure, move in plan.moves:
        shifts = {alias: move[starts[place] : starts[place + 1]] for alias, place in memberships(family).items()}
        changes = [(family, move)]
        for other in dependents:
            change = follow(shifted(other, shifts, measure), measure, plan.rows, costs)
            if change is None:
                concerned = [cell for one in (family, *dependents) for item in one.items for cell in item.cells]
                plan.rows.update(row for cell in concerned for row in cell.carriers)
                return None
            changes.append((other, change))
        worlds.append(World(measure, tuple(changes)))
    return tuple(worlds)


def apply(edition: Edition, estimates: Estimates, decision: Decision) -> Release:
    """Carry the decision out. Raises `BadInput` (D012) if its audit did not pass."""
    failed = decision.findings.filter(~pl.col("ok"))
    if failed.height:
        raise BadInput(tuple(_failure(row) for row in failed.iter_rows(named=True)))
    cells = released_cells(edition, estimates, decision.hidden, set(decision.empty))
    return Release(
        edition=edition.id,
        synthetic=edition.synthetic,
        cells=cells,
        contrasts=released_contrasts(edition, estimates, decision.hidden | decision.empty),
        response=released_response(edition, estimates),
        diagnostics=released_diagnostics(estimates),
        footnotes=footnotes(cells),
        audit=_public_audit(cells, decision),
        seal=SEAL,
    )


def _needs(family: Family, evidence: Evidence, marked: dict[int, str], edition: Edition) -> list[Need]:
    """Needs of the family; totals that would tell are added to `marked`, and may bring no further needs."""
    while True:
        found = [needs_of(place, item, evidence, marked, edition.rules) for place, item in enumerate(family.items)]
        promoted = {row for _, rows in found for row in rows} - marked.keys()
        if not promoted:
            return [need for needs, _ in found for need in needs]
        marked.update(dict.fromkeys(sorted(promoted), "telltale_total"))


def _is_weighted(evidence: Evidence) -> bool:
    counts = [item for item in evidence.items if not item.amount]
    return any(not np.allclose(item.truth[0], item.truth[1]) for item in counts) or any(
        not np.allclose(item.ceiling[0], item.ceiling[1]) for item in counts
    )


def _costs(edition: Edition, evidence: Evidence) -> dict[int, float]:
    """What hiding a row costs: more with the size of its base, for headlines and for cells of claims."""
    claimed = {(one.indicator, one.breakdown, cell) for one in edition.claims for cell in (one.left, one.right)}
    costs = {}
    for row, indicator, breakdown, cell, n in evidence.rows.select(
        "row", "indicator", "breakdown", "cell", "n"
    ).iter_rows():
        dear = indicator in edition.headline or breakdown == TOTAL or (indicator, breakdown, cell) in claimed
        costs[row] = (1.0 + n) ** 0.5 * (HEADLINE if dear else 1.0)
    return costs


def _public_audit(cells: pl.DataFrame, decision: Decision) -> Audit:
    by_rule = Counter(decision.sensitive.values())
    status = Counter(cells["status"])
    return Audit(
        passed=True,
        cells=cells.height,
        published=status[""],
        hidden=status["c"],
        empty=status["z"],
        needs=decision.findings.height,
        met=int(decision.findings["ok"].sum()),
        sensitive={rule: -(-by_rule[rule] // 5) * 5 for rule in RULES},
        assumptions=ASSUMPTIONS,
    )


def _failure(row: dict[str, object]) -> Problem:
    return Problem(
        "D012",
        Place(field=f"{row['indicator']} {row['breakdown']} {row['cell']}"),
        f"{row['rule']} ({row['measure']}): between {row['lower']:g} and {row['upper']:g} is possible",
        f"{row['required']:g} possible",
        "Report this as an error of the program, with the estimates if you may share them.",
    )
