"""From register to release: one flat function for each command, and what stands around a release.

The steps are here. `releasing` makes what is published; `approvals`, `ledger`, `auditing`, `reviewing` and `previewing`
are what their names say.
"""

from barometer.pipeline._steps import (
    ACTIONS,
    STEPS,
    VERBS,
    Desk,
    Outcome,
    answers,
    compare,
    decided,
    drawn_samples,
    estimate_programme,
    freeze,
    last_release,
    open_desk,
    propose_release,
    protect_estimates,
    protected,
    publish_release,
    sample,
    stale,
    weigh_answers,
)

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
