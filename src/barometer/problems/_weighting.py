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
    Kind(
        "W012",
        "weights that cannot be used",
        "A weight says how many units of the population a respondent stands for. It cannot be missing, infinite or "
        "below zero, and some weight has to be above zero.",
    ),
    Kind(
        "W013",
        "margins that disagree on the size of the population",
        "Every margin counts the same units, so all margins have the same sum. Weights that meet one of them "
        "cannot meet the other.",
    ),
    Kind(
        "W014",
        "a margin that follows from the others",
        "The margin is a combination of the others among the respondents (collinear), so it adds nothing to "
        "calibrate to. Often a variable was given twice, or one is coarser than another.",
    ),
    Kind(
        "W015",
        "calibration that does not come to an end",
        "Weights that meet the margins may exist, but the method did not find them within its steps. Weights "
        "that almost meet the margins are never given out as calibrated.",
    ),
    Kind(
        "W016",
        "margins that cannot be read",
        "The file of margins has an unknown key, lacks a needed one, or a value has the wrong type.",
    ),
    Kind(
        "W017",
        "respondents in a category without a total",
        "Every respondent belongs to one cell of each margin. A cell that has respondents but no total cannot be "
        "calibrated.",
    ),
    Kind(
        "W018",
        "weights that differ inside a cluster",
        "Calibration that gives all units of a cluster the same weight starts from one base weight in each cluster.",
    ),
    Kind(
        "W019",
        "bounds that cannot be used",
        "g-weights start at 1, so bounds lie on both sides of 1. The logit method needs two finite bounds.",
    ),
    Kind(
        "W020",
        "values that are no numbers",
        "An auxiliary variable, or a model variance, needs a number for every respondent. A blank would be counted "
        "as something it is not.",
    ),
    Kind(
        "W021",
        "a replicate that cannot be adjusted",
        "Each replicate goes through the same adjustments as the sample. In this one a cell lost all its weight, or "
        "its weights cannot meet the margins.",
    ),
    Kind(
        "W022",
        "a design these replicates do not fit",
        "Each kind of replicate suits some designs: the plain jackknife needs one stratum, half-samples two primary "
        "units in each, all need at least two primary units where not everyone was taken.",
    ),
    Kind(
        "W023",
        "response that is fully explained",
        "In some group everyone answered or no one did, so that the logistic model of response has no finite "
        "solution, and the weights made from it would be arbitrary.",
    ),
    Kind(
        "W024",
        "limits no weights can keep",
        "Trimming keeps the sum of the weights. Where the sum is outside what the limits allow for all units "
        "together, no trimming can keep both.",
    ),
    Kind(
        "W025",
        "a column the data do not have",
        "Margins, clusters and strata are made of columns of the data that are being weighted.",
    ),
)
