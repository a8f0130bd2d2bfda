"""Who is asked: strata, allocation and selection of units (GSBPM 4.1).

`draw_sample` draws; `check_design` says beforehand what is wrong with a design. The method is told in
docs/methods/sampling.md.
"""

from barometer.sampling._check import check_design
from barometer.sampling._draw import draw_sample

__all__ = ["check_design", "draw_sample"]
