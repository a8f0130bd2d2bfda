"""What answers stand for: response, calibration, replicates and variance strata (GSBPM 5.6).

`weigh` is the door of an edition; the other functions do the same steps for any table, without an edition. The
method is told in docs/methods/weighting.md, files of margins in docs/how-to/calibrate.md.
"""

from barometer.tables import Calibrated, Replicates
from barometer.weighting._adjusting import adjusted
from barometer.weighting._calibration import calibrate_weights
from barometer.weighting._diagnostics import diagnose, kish
from barometer.weighting._margins import KnownTotals
from barometer.weighting._plan import CalibrationPlan, calibrate_margins, calibrate_replicates, read_margins
from barometer.weighting._propensity import Propensities, propensity_weights, response_propensities
from barometer.weighting._raking import poststratify, rake
from barometer.weighting._replicates import replicate_weights
from barometer.weighting._representativity import BiasReport, bias_report, early_and_late
from barometer.weighting._trimming import Trimmed, trim
from barometer.weighting._weigh import weigh
from barometer.weighting._weigh_replicates import weigh_replicates

__all__ = [
    "BiasReport",
    "Calibrated",
    "CalibrationPlan",
    "KnownTotals",
    "Propensities",
    "Replicates",
    "Trimmed",
    "adjusted",
    "bias_report",
    "calibrate_margins",
    "calibrate_replicates",
    "calibrate_weights",
    "diagnose",
    "early_and_late",
    "kish",
    "poststratify",
    "propensity_weights",
    "rake",
    "read_margins",
    "replicate_weights",
    "response_propensities",
    "trim",
    "weigh",
    "weigh_replicates",
]
