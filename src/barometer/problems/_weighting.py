"""Kinds of problems with weights (family W)."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "W001",
        "there are no answers to weight",
        "Weights let respondents stand for the units that were not asked or did not answer. Without any "
        "respondent there is nothing to estimate.",
    ),
    Kind(
        "W002",
        "answers from units outside the sample",
        "Only units that were drawn have a known chance of being in the sample, and with it a weight.",
    ),
    Kind(
        "W003",
        "case ids are not unique",
        "Each filled-in questionnaire has one id, under which its weight is kept.",
    ),
    Kind(
        "W004",
        "a sample that is not weighted",
        "Units of a stratified sample are drawn with different chances. Published without weights, their "
        "answers would describe the sample and not the frame.",
    ),
    Kind(
        "W005",
        "reports that are weighted",
        "Where nobody was drawn and every report handed in is used, there are no chances of selection to "
        "build weights on.",
    ),
    Kind(
        "W006",
        "the weighting names a column the frame does not have",
        "Response classes and margins are made of columns of the frame.",
    ),
    Kind(
        "W007",
        "a response class without respondents",
        "Respondents of a class stand for everyone who was asked in it. A class in which nobody answered has "
        "to be joined with another, else its units are missing from every estimate.",
    ),
    Kind(
        "W008",
        "a margin nobody can fill",
        "Weights must add up to the frame's count in each cell of a margin. Where no respondent is in a cell, "
        "no weights can do that.",
    ),
    Kind(
        "W009",
        "blanks in a numeric margin",
        "The register's total of a numeric column is only known when every unit has a value.",
    ),
    Kind(
        "W010",
        "margins that cannot be met together",
        "There are no weights, within the bounds asked for, that reproduce all margins at once. Most often "
        "bounds are too narrow, or margins leave few respondents in some cell.",
    ),
    Kind(
        "W011",
        "calibrated weights that are zero or negative",
        "Linear calibration without bounds may make a weight negative. Such a respondent would count against "
        "the answers given.",
    ),
)
