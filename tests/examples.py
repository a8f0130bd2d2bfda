"""How many examples Hypothesis tries: as many as a test asks for, fewer for a quick look, many more to explore."""

import os
from typing import Any

from hypothesis import settings

TIMES = {"quick": 0.2, "steady": 1, "explore": 20}
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "steady")


def examples(count: int, **more: Any) -> settings:
    """The settings of a test that tries `count` examples, where each is dear; at least three."""
    return settings(max_examples=max(3, round(count * TIMES[PROFILE])), **more)
