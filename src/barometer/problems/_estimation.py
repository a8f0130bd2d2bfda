"""Kinds of problems with estimation (family T)."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "T001",
        "a definition uses something the data do not have",
        "Universes, indicators and breakdowns are computed from answers and register columns. One of them "
        "uses a question or column that is in neither table.",
    ),
    Kind(
        "T002",
        "a definition without what it measures",
        "A share needs a numerator or components; a mean or total needs a value.",
    ),
    Kind(
        "T003",
        "two things of one name",
        "Conditions refer to questions, register columns, universes and shares by name, so that each name may "
        "stand for one thing only.",
    ),
    Kind(
        "T010",
        "a column the table does not have",
        "Weights, strata, units, populations, variables and domains are columns of the table by their exact names.",
    ),
    Kind(
        "T011",
        "text where numbers are needed",
        "Weights, populations, replicate weights and the variables of means and totals are numbers. A single "
        "text in a column of a CSV file makes the whole column text.",
    ),
    Kind(
        "T012",
        "weights that nobody can have",
        "A weight is the number of units in the population a row stands for: 0 or more, never blank. A "
        "negative weight counts against the answers given; a blank one would drop the row without a word.",
    ),
    Kind(
        "T013",
        "blanks in a column of the design",
        "Each row has a stratum, a primary unit and a population. A row without one could not be given its "
        "part in the variance.",
    ),
    Kind(
        "T014",
        "more drawn than there is",
        "The population of a stratum is at least as large as the sample from it. A smaller number makes "
        "variances negative; most often it counts something else, or strata were merged in one column only.",
    ),
    Kind(
        "T015",
        "populations that are neither numbers of units nor fractions",
        "Populations for the finite population correction are numbers of units, all 1 or more, or fractions "
        "drawn, all above 0 and at most 1. When no value is above 1, they are fractions.",
    ),
    Kind(
        "T016",
        "a population that differs within a stratum",
        "Every row of a stratum has the same number of units in the population at that stage.",
    ),
    Kind(
        "T017",
        "a primary unit in several strata",
        "Primary units are drawn within strata, so that all rows of one lie in the same. Where their numbers "
        "start anew in each stratum, the design has to be told so.",
    ),
    Kind(
        "T018",
        "a stratum with one unit",
        "With one unit there is nothing to compare it with, and the variance of its stratum is unknown. A "
        "rule may stand for it, but that is a decision; without one nothing is estimated.",
    ),
    Kind(
        "T019",
        "replicate weights that do not say how they were made",
        "The variance is a multiple of the squared deviations of the replicates. What multiple depends on how "
        "they were made, and cannot be read off weights that are already multiplied into the weights for "
        "analysis.",
    ),
    Kind(
        "T020",
        "a design without weights",
        "Without weights every row would stand for one unit, which is hardly ever what was meant.",
    ),
    Kind(
        "T021",
        "a table without rows",
        "The file was read and has no row of data.",
    ),
    Kind(
        "T022",
        "a survey file that cannot be read",
        "The ending of the name says what the file is. Text files are UTF-8, with a header and a fixed number of "
        "columns.",
    ),
    Kind(
        "T024",
        "a share of something that is not yes or no",
        "A programme of shares counts the ones in columns of 0 and 1.",
    ),
    Kind(
        "T025",
        "more than sums by group can hold",
        "A survey larger than memory, or on a cluster, is reduced to sums by stratum, unit, domain and category. These "
        "are few as long as each stands for many respondents.",
    ),
    Kind(
        "T026",
        "an engine that is not there",
        "Spark needs the package pyspark, Java 17 or newer, and a cluster that answers at the address given; without "
        "a cluster '--master local[*]' uses this machine.",
    ),
)
