"""Kinds of problems with the design and the drawing of a sample (family S)."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "S001",
        "the frame has no units",
        "A sample can only be drawn from a register with at least one unit left after the exclusions.",
    ),
    Kind(
        "S002",
        "unit ids of the frame are not unique",
        "Every unit is drawn, weighted and counted under its id. Two rows with one id would be two chances "
        "to be drawn and one person to ask.",
    ),
    Kind(
        "S003",
        "a column of the frame has a name the sample uses itself",
        "The sample carries the register's columns beside its own, such as stratum and design_weight. "
        "A register column of the same name would be overwritten.",
    ),
    Kind(
        "S004",
        "the design names a column the frame does not have",
        "Strata are made by crossing columns of the frame.",
    ),
    Kind(
        "S005",
        "units without a stratum",
        "A unit with a blank in a stratum column belongs to no stratum and could never be drawn, so that "
        "weights would stand for too few units.",
    ),
    Kind(
        "S006",
        "a declared category has no units in the frame",
        "No stratum can be made of it, and every figure for it will be empty. The sample can still be drawn.",
    ),
    Kind(
        "S007",
        "sampling fractions do not fit the strata",
        "Fractions are given by the categories of one stratum column, one for each category that has units, "
        "above 0 and at most 1. A category without a chance of being drawn cannot be estimated.",
    ),
    Kind(
        "S008",
        "the sample is larger than the frame",
        "Units are drawn without replacement, so that there cannot be more of them than the frame holds.",
    ),
    Kind(
        "S009",
        "the sample is too small for its strata",
        "Every stratum gets its minimum number of units (or all it has). The minimums together ask for "
        "more units than the sample size allows.",
    ),
    Kind(
        "S010",
        "the minimum per stratum is less than one unit",
        "A stratum nobody is drawn from is missing from every estimate.",
    ),
    Kind(
        "S011",
        "permanent random numbers outside [0, 1)",
        "Permanent random numbers are uniform numbers from 0 up to, but not including, 1. Units with the "
        "smallest ones of a stratum are drawn; a number outside the range would be drawn always or never.",
    ),
)
