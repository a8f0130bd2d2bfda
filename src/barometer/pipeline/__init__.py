"""From register to release: one flat function for each command, and what stands around a release.

The steps are here. `releasing` makes what is published; `approvals`, `ledger`, `auditing`, `reviewing` and `previewing`
are what their names say.
"""

from barometer.pipeline._desk import STEPS, VERBS, Desk, Outcome, open_desk, stale
from barometer.pipeline._estimating import (
    answers,
    decided,
    drawn_samples,
    estimate_programme,
    freeze,
    protect_estimates,
    sample,
    weigh_answers,
)
from barometer.pipeline._publishing import compare, last_release, propose_release, protected, publish_release

ACTIONS = {
    "sample": sample,
    "answers": answers,
    "weigh": weigh_answers,
    "estimate": estimate_programme,
    "protect": protect_estimates,
    "publish": publish_release,
}

__all__ = [
    "ACTIONS",
    "STEPS",
    "VERBS",
    "Desk",
    "Outcome",
    "answers",
    "compare",
    "decided",
    "drawn_samples",
    "estimate_programme",
    "freeze",
    "last_release",
    "open_desk",
    "propose_release",
    "protect_estimates",
    "protected",
    "publish_release",
    "sample",
    "stale",
    "weigh_answers",
]
