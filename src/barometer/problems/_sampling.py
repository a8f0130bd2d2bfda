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
    Kind(
        "S012",
        "a size that is not a positive number",
        "Units drawn in proportion to size need a size above 0 each. A unit of size 0 could never be drawn, so that "
        "the sample would not stand for it.",
    ),
    Kind(
        "S013",
        "a stratum lacks what its allocation needs",
        "Neyman and optimal allocation need the spread of each stratum, 0 or more; costs are above 0, and the means "
        "of power allocation are not 0. A blank cannot be guessed.",
    ),
    Kind(
        "S014",
        "limits of a stratum contradict each other",
        "Every stratum gets at least its minimum and at most its maximum, and no more than it has. A minimum above "
        "the maximum can never be met.",
    ),
    Kind(
        "S015",
        "a margin of error that cannot be reached",
        "Even when everyone in the domain is asked (as far as the limits allow), the expected answers are too few "
        "for the margin: those who do not answer leave an uncertainty that no larger sample removes.",
    ),
    Kind(
        "S016",
        "a number of the plan or the allocation is out of range or missing",
        "Response rates lie above 0 and at most at 1, expected shares between 0 and 1, margins above 0, and levels "
        "between 0 and 1. Proportional, Neyman and power allocation need a sample size.",
    ),
    Kind(
        "S017",
        "the budget does not pay for the minimums",
        "Every stratum gets its minimum number of units, and these together cost more than the budget.",
    ),
    Kind(
        "S018",
        "strata of the allocation and of the frame differ",
        "The allocation has one row for each stratum of the frame, with as many units as the frame has. Otherwise "
        "it was made from another frame, and weights would be wrong.",
    ),
    Kind(
        "S019",
        "an inclusion probability that cannot be used",
        "Inclusion probabilities lie above 0 and at most at 1, and in a sample of fixed size they add up to a whole "
        "number in each stratum.",
    ),
    Kind(
        "S020",
        "a start point outside [0, 1)",
        "Samples start at a point of the line of permanent random numbers, from 0 up to, but not including, 1.",
    ),
    Kind(
        "S021",
        "a rotation that cannot be carried out",
        "A panel needs at least one group, no more groups than the smallest stratum has units, and a pattern in "
        "which each group takes part at least once.",
    ),
    Kind(
        "S022",
        "organisations and their units do not match",
        "Units are drawn inside the organisations drawn before, so each unit belongs to one organisation of the "
        "register, and each organisation has at least one unit.",
    ),
    Kind(
        "S023",
        "strata cannot be made large enough",
        "Small strata are joined with their neighbours until each has the minimum number of units. The frame as a "
        "whole has fewer than that.",
    ),
    Kind(
        "S024",
        "permanent random numbers that are missing or used twice",
        "Coordinated samples need a number for every unit, drawn once and kept. Equal numbers tie units together: "
        "they are drawn or left out as one.",
    ),
    Kind(
        "S025",
        "a column holds values of the wrong type",
        "Sizes, spreads, costs and random numbers are numeric columns. Text that looks like numbers is not read "
        "as numbers, so that '1,5' never becomes 15.",
    ),
)
