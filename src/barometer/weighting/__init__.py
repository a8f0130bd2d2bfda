"""What answers stand for: response, calibration and variance strata (GSBPM 5.6).

`weigh` is the door. The method is told in docs/methods/weighting.md.
"""

from barometer.weighting._weigh import weigh

__all__ = ["weigh"]
