"""Who is asked: strata, allocation and selection of units (GSBPM 4.1).

For an edition: `draw_sample` draws, `check_design` says beforehand what is wrong with a design, `plan_survey` what
margins of error it will give. For any Polars frame, with a generator as argument: strata (`stratify`,
`strata_table`), allocation (`allocate_*`), selection (`select_*`), coordination and panels, and `plan`. Frames are
never changed. The methods are told in docs/methods/sampling.md.
"""

from barometer.sampling._allocate import (
    allocate_neyman,
    allocate_optimal,
    allocate_power,
    allocate_proportional,
)
from barometer.sampling._check import check_design
from barometer.sampling._collapse import stratify
from barometer.sampling._coordination import burden, expected_overlap, overlap, rotation_start, start_points
from barometer.sampling._draw import draw_sample
from barometer.sampling._frame import check_frame
from barometer.sampling._margins import allocate_margins
from barometer.sampling._panels import rotation_groups, wave
from barometer.sampling._plan import plan
from barometer.sampling._plan_survey import plan_survey
from barometer.sampling._pps import inclusion_probabilities, select_poisson, select_pps
from barometer.sampling._select import select_srs, select_systematic
from barometer.sampling._strata import strata_table
from barometer.sampling._two_stage import select_two_stage

__all__ = [
    "allocate_margins",
    "allocate_neyman",
    "allocate_optimal",
    "allocate_power",
    "allocate_proportional",
    "burden",
    "check_design",
    "check_frame",
    "draw_sample",
    "expected_overlap",
    "inclusion_probabilities",
    "overlap",
    "plan",
    "plan_survey",
    "rotation_groups",
    "rotation_start",
    "select_poisson",
    "select_pps",
    "select_srs",
    "select_systematic",
    "select_two_stage",
    "start_points",
    "strata_table",
    "stratify",
    "wave",
]
