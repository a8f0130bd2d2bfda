"""Response rates as AAPOR defines them, from counts or from sums of design weights.

AAPOR, Standard Definitions (10th edition, 2023). I complete, P partial, R refusal and break-off, NC non-contact,
O other, UO unknown whether eligible, NE not eligible. Units of a register are known, so nothing is in the group of
unknown households.

- RR1 = I / (I + P + R + NC + O + UO): the lowest, everybody unknown counts as eligible.
- RR2 = (I + P) / the same.
- RR5 = I / (I + P + R + NC + O): the highest, nobody unknown counts as eligible.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GROUPS = ("I", "P", "R", "NC", "O", "UO", "NE")


@dataclass(frozen=True)
class Rates:
    """Shares between 0 and 1; None where there is nobody to divide by."""

    rr1: float | None
    rr2: float | None
    rr5: float | None


def response_rates(groups: Mapping[str, float]) -> Rates:
    """`groups`: AAPOR group to a count or a sum of weights; a group that is absent is empty."""
    size = {group: groups.get(group, 0.0) for group in GROUPS}
    known = size["I"] + size["P"] + size["R"] + size["NC"] + size["O"]
    everybody = known + size["UO"]
    return Rates(
        rr1=_share(size["I"], everybody),
        rr2=_share(size["I"] + size["P"], everybody),
        rr5=_share(size["I"], known),
    )


def representativity(strata: Iterable[tuple[float, float]]) -> float | None:
    """R-indicator of (weight, response rate) of each stratum: 1 where all respond alike, lower the more they differ.

    R = 1 - 2 S, with S the weighted standard deviation of the rates (Schouten, Cobben and Bethlehem, 2009,
    Survey Methodology 35). Sees differences between strata only. None where there is no weight.
    """
    rows = [*strata]
    total = math.fsum(weight for weight, _ in rows)
    if total <= 0:
        return None
    mean = math.fsum(weight * rate for weight, rate in rows) / total
    variance = math.fsum(weight * (rate - mean) ** 2 for weight, rate in rows) / total
    return 1 - 2 * math.sqrt(variance)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
