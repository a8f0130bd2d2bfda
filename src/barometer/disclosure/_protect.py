"""From confidential estimates to a release: evidence, decision, application."""

from collections import Counter
from dataclasses import replace

import polars as pl

from barometer.disclosure._apply import (
    footnotes,
    released_cells,
    released_contrasts,
    released_diagnostics,
    released_response,
)
from barometer.disclosure._audit import ASSUMPTIONS
from barometer.disclosure._decide import Decision, decide
from barometer.disclosure._gather import gather
from barometer.disclosure._ledger_apply import Before, contrasts_as_before, held_blindly, shown_as_before
from barometer.disclosure._ledger_hold import held
from barometer.disclosure._ledger_together import together
from barometer.disclosure._release import SEAL, TABLES, Audit, Release
from barometer.disclosure._rules import RULES, check_rules
from barometer.model import Edition
from barometer.problems import BadInput, Place, Problem
from barometer.tables import CELLS, CONTRASTS, COUNTS, DIAGNOSTICS, LEAVES, RESPONSE, Estimates, check_columns


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
