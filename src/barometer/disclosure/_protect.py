"""From confidential estimates to a release: evidence, decision, application."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from barometer.disclosure._ledger_apply import Before, contrasts_as_before, held_blindly, shown_as_before
from barometer.disclosure._ledger_hold import Held, held
from barometer.disclosure._ledger_together import Together, together
from barometer.disclosure._prices import not_publishable, prices, unsafe_in_themselves
from barometer.disclosure._relations import Family, families, memberships, shifted
from barometer.disclosure._release import SEAL, TABLES, Audit, Release
from barometer.disclosure._rules import RULES, Need, check_rules, needs_of, sensitive_rows
from barometer.disclosure._suppress import Plan, follow, suppress
from barometer.model import Edition
from barometer.problems import BadInput, Place, Problem, raise_errors
from barometer.tables import CELLS, CONTRASTS, COUNTS, DIAGNOSTICS, LEAVES, RESPONSE, Estimates, check_columns


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
    held: Mapping[int, int] = field(default_factory=dict)  # row -> earlier release whose figure it stays

    @property
    def hidden(self) -> set[int]:
        return {*self.sensitive, *self.secondary}


def protect(edition: Edition, estimates: Estimates, before: Before | None = None) -> Release:
    """The release of an edition, together with what it has published `before`. Raises `BadInput`: D010, D013
    (estimates that do not fit), D011 (lax rules), D012
    (the audit failed: nothing is released)."""
    return protect_in_full(edition, estimates, before)[0]


def protect_in_full(edition: Edition, estimates: Estimates, before: Before | None = None) -> tuple[Release, Decision]:
    """As `protect`, and the confidential decision with the whole audit, for the build folder."""
    check_rules(edition)
    for name, columns in (
        ("cells", CELLS),
        ("contrasts", CONTRASTS),
        ("leaves", LEAVES),
        ("counts", COUNTS),
        ("response", RESPONSE),
        ("diagnostics", DIAGNOSTICS),
    ):
        check_columns(getattr(estimates, name), columns, name)
    if before is None or not before.earlier:
        decision = decide(edition, gather(edition, estimates))
        decision = decision if before is None else _blind(edition, estimates, decision, before)
        return _unless_equal(apply(edition, estimates, decision, before), before), decision
    joint = together(edition, estimates, before.units, before.earlier)
    evidence = gather(edition, joint.estimates, joint.public)
    decision = decide(edition, evidence, joint, held(edition, joint, before.units, before.earlier))
    return _unless_equal(apply(edition, estimates, decision, before), before), decision


def _unless_equal(release: Release, before: Before | None) -> Release:
    """The last release itself where nothing has changed, so that protecting again makes no new one."""
    last = None if before is None else before.last
    return (
        last
        if last is not None and all(getattr(release, one).equals(getattr(last, one)) for one in TABLES)
        else release
    )


def _blind(edition: Edition, estimates: Estimates, decision: Decision, before: Before) -> Decision:
    """The decision where nobody can reckon any more what earlier releases tell: what would change stays as it was."""
    cells = released_cells(edition, estimates, decision.hidden, set(decision.empty))
    kept, fresh = held_blindly(cells, before.last, before.number)
    secondary = (decision.secondary | fresh) - kept.keys()
    sensitive = {row: rule for row, rule in decision.sensitive.items() if row not in kept}
    return replace(
        decision, held=kept, sensitive=sensitive, secondary=secondary, empty=decision.empty - kept.keys() - fresh
    )


def decide(
    edition: Edition, evidence: Iterable[Evidence], joint: Together | None = None, stay: Held | None = None
) -> Decision:
    """What to hide in every survey; audited. With earlier releases, `joint` with them and what has to `stay`."""
    sensitive: dict[int, str] = {}
    secondary: set[int] = set()
    empty: set[int] = set()
    protected: list[Protected] = []
    settled, findings = 0, [pl.DataFrame(schema=FINDINGS)]
    by_survey = [(one, sensitive_rows(one, edition.rules_of(one.survey.id))) for one in evidence]
    raise_errors(problem for one, marked in by_survey for problem in unsafe_in_themselves(edition, one, marked))
    for one, marked in by_survey:
        weighted = _is_weighted(one)
        past = _Past.of(one, joint, stay)
        marked = {row: rule for row, rule in marked.items() if row not in past.settled}
        hidden, costs = marked.keys() | past.hidden, prices(edition, one)
        mine: list[Protected] = []
        together = families(one)
        for family in together:
            needs = _needs(family, one, marked, edition)
            hidden |= marked.keys() - past.settled
            if joint is not None:
                needs = suppress(
                    family, needs, set(past.everything), costs, weighted
                ).needs  # the others are told already
            if needs:
                plan = suppress(family, needs, hidden, costs, weighted)
                dependents = _dependents(family, together)
                worlds = _worlds(family, plan, dependents, costs)
                hidden |= plan.rows - past.public
                kept = () if worlds is None else tuple(plan.needs)
                settled += len(needs) - len(kept)
                mine.append(Protected(one.survey.id, weighted, family, kept, worlds or (), dependents))
        published = set(one.rows["row"]) - hidden
        findings += [found.audit(published) for found in mine]
        sensitive |= marked
        secondary |= hidden - marked.keys()
        empty |= one.public - hidden
        protected += mine
    unseen = {*sensitive, *secondary} - (stay.shown.keys() if stay is not None else set())
    raise_errors(problem for one, _ in by_survey for problem in not_publishable(edition, one, unseen))
    decision = Decision(
        sensitive, frozenset(secondary), frozenset(empty), tuple(protected), settled, pl.concat(findings)
    )
    return decision if joint is None or stay is None else _staying(decision, joint, stay, by_survey)


@dataclass(frozen=True)
class _Past:
    """What earlier releases mean for the rows of a survey: `settled` need no rule any more, because they are public or
    stay as they were; `hidden` from the start; `public` for good; `everything` but that."""

    settled: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    public: frozenset[int] = frozenset()
    everything: frozenset[int] = frozenset()

    @classmethod
    def of(cls, evidence: Evidence, joint: Together | None, stay: Held | None) -> "_Past":
        if joint is None or stay is None:
            return cls()
        rows = frozenset(evidence.rows["row"])
        told = {row for item in evidence.items for cell in item.cells if cell.fixed for row in cell.own}
        settled = rows & (told | joint.public | stay.rows.keys())
        hidden = rows & (joint.hidden | stay.rows.keys() | stay.still) - told
        return cls(settled, hidden, rows & joint.public, rows - joint.public)


def _staying(
    decision: Decision, joint: Together, stay: Held, by_survey: Sequence[tuple[Evidence, Mapping[int, str]]]
) -> Decision:
    """The decision about rows of the new release alone: what has to be hidden stays as it was where that is public,
    unless the rules of today forbid it."""
    new = range(joint.new)
    rules = {row: rule for _, marked in by_survey for row, rule in marked.items() if row in new}
    kept = {row: stay.shown[row] for row in decision.secondary if row in stay.shown and row not in rules} | dict(
        stay.rows
    )
    return replace(
        decision,
        held=kept,
        sensitive={row: rule for row, rule in rules.items() if row not in kept},
        secondary=frozenset(row for row in decision.secondary if row in new and row not in kept and row not in rules),
        empty=frozenset(row for row in decision.empty if row in new and row not in kept),
    )


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


def apply(edition: Edition, estimates: Estimates, decision: Decision, before: Before | None = None) -> Release:
    """Carry the decision out. Raises `BadInput` (D012) if its audit did not pass."""
    failed = decision.findings.filter(~pl.col("ok"))
    if failed.height:
        raise BadInput(tuple(_failure(row) for row in failed.iter_rows(named=True)))
    cells = released_cells(edition, estimates, decision.hidden, set(decision.empty))
    contrasts = released_contrasts(edition, estimates, decision.hidden | decision.empty)
    if before is not None:
        cells = shown_as_before(cells, decision.held, before.last)
        contrasts = contrasts_as_before(contrasts, cells, before.last)
    return Release(
        edition=edition.id,
        synthetic=edition.synthetic,
        cells=cells,
        contrasts=contrasts,
        response=released_response(edition, estimates),
        diagnostics=released_diagnostics(estimates),
        footnotes=footnotes(cells),
        audit=_public_audit(cells, decision),
        seal=SEAL,
    )


def _needs(family: Family, evidence: Evidence, marked: dict[int, str], edition: Edition) -> list[Need]:
    """Needs of the family; totals that would tell are added to `marked`, and may bring no further needs."""
    rules = edition.rules_of(evidence.survey.id)
    while True:
        found = [needs_of(place, item, evidence, marked, rules) for place, item in enumerate(family.items)]
        promoted = {row for _, rows in found for row in rows} - marked.keys()
        if not promoted:
            return [need for needs, _ in found for need in needs]
        marked.update(dict.fromkeys(sorted(promoted), "telltale_total"))


def _is_weighted(evidence: Evidence) -> bool:
    counts = [item for item in evidence.items if not item.amount]
    return any(not np.allclose(item.truth[0], item.truth[1]) for item in counts) or any(
        not np.allclose(item.ceiling[0], item.ceiling[1]) for item in counts
    )


def _public_audit(cells: pl.DataFrame, decision: Decision) -> Audit:
    by_rule = Counter(decision.sensitive.values())
    status = Counter(cells["status"])
    return Audit(
        passed=True,
        cells=cells.height,
        published=status[""],
        hidden=status["c"],
        empty=status["z"],
        uncertain=status["q"],
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
