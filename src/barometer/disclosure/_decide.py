"""The decision: what to hide in every survey, family by family, with the audit of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from barometer.disclosure._audit import FINDINGS, World, audit
from barometer.disclosure._evidence import Evidence
from barometer.disclosure._families import Family, families, memberships, shifted
from barometer.disclosure._ledger_hold import Held
from barometer.disclosure._ledger_together import Together
from barometer.disclosure._prices import not_publishable, prices, unsafe_in_themselves
from barometer.disclosure._rules import Need, needs_of, sensitive_rows
from barometer.disclosure._suppress import Plan, follow, suppress
from barometer.model import Edition
from barometer.problems import raise_errors


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


def decide(
    edition: Edition, evidence: Iterable[Evidence], joint: Together | None = None, stay: Held | None = None
) -> Decision:
    """What to hide in every survey; audited. With earlier releases, `joint` with them and what has to `stay`."""
    by_survey = [(one, sensitive_rows(one, edition.rules_of(one.survey.id))) for one in evidence]
    raise_errors(problem for one, marked in by_survey for problem in unsafe_in_themselves(edition, one, marked))
    parts = [_of_survey(edition, one, marked, joint, stay) for one, marked in by_survey]
    decision = Decision(
        sensitive={row: rule for part in parts for row, rule in part.sensitive.items()},
        secondary=frozenset(row for part in parts for row in part.secondary),
        empty=frozenset(row for part in parts for row in part.empty),
        protected=tuple(family for part in parts for family in part.protected),
        settled=sum(part.settled for part in parts),
        findings=pl.concat([pl.DataFrame(schema=FINDINGS), *(part.findings for part in parts)]),
    )
    unseen = decision.hidden - (stay.shown.keys() if stay is not None else set())
    raise_errors(problem for one, _ in by_survey for problem in not_publishable(edition, one, unseen))
    return decision if joint is None or stay is None else _staying(decision, joint, stay, by_survey)


def _of_survey(
    edition: Edition, evidence: Evidence, rules: Mapping[int, str], joint: Together | None, stay: Held | None
) -> Decision:
    """The decision about one survey, family by family: what is hidden for one stays hidden for those that follow."""
    weighted, costs = _is_weighted(evidence), prices(edition, evidence)
    past = _Past.of(evidence, joint, stay)
    marked = {row: rule for row, rule in rules.items() if row not in past.settled}
    hidden, settled, protected = marked.keys() | past.hidden, 0, list[Protected]()
    together = families(evidence)
    for family in together:
        needs = _needs(family, evidence, marked, edition)
        hidden |= marked.keys() - past.settled
        if joint is not None:  # needs that cannot be met with all of today's figures hidden are told already
            needs = suppress(family, needs, set(past.everything), costs, weighted).needs
        if needs:
            plan = suppress(family, needs, hidden, costs, weighted)
            dependents = _dependents(family, together)
            worlds = _worlds(family, plan, dependents, costs)
            hidden |= plan.rows - past.public
            kept = () if worlds is None else tuple(plan.needs)
            settled += len(needs) - len(kept)
            protected.append(Protected(evidence.survey.id, weighted, family, kept, worlds or (), dependents))
    published = set(evidence.rows["row"]) - hidden
    return Decision(
        sensitive=marked,
        secondary=frozenset(hidden - marked.keys()),
        empty=evidence.public - hidden,
        protected=tuple(protected),
        settled=settled,
        findings=pl.concat([pl.DataFrame(schema=FINDINGS), *(one.audit(published) for one in protected)]),
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


def _is_weighted(evidence: Evidence) -> bool:
    counts = [item for item in evidence.items if not item.amount]
    return any(not np.allclose(item.truth[0], item.truth[1]) for item in counts) or any(
        not np.allclose(item.ceiling[0], item.ceiling[1]) for item in counts
    )
