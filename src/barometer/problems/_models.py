"""Kinds of problems with quantiles, tests, regression and indices (family T)."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "T040",
        "an analysis names a column that is not in the data",
        "Outcomes, terms, groups and items are columns of the data, or columns joined by a colon for an interaction. "
        "One of them is not there.",
    ),
    Kind(
        "T041",
        "a column does not suit the analysis",
        "Means, quantiles and linear models need numbers; logistic models need an outcome of 0 and 1, false and true, "
        "or two categories; Poisson models need counts from 0; multinomial and ordinal models need three "
        "categories or more; an index needs answers on its scale.",
    ),
    Kind(
        "T042",
        "terms that cannot be told apart",
        "One column of the model is a combination of others among the cases used, so that no data of this kind could "
        "say which of them matters. A term with only one value among these cases is the simplest example.",
    ),
    Kind(
        "T043",
        "the terms separate the outcomes completely",
        "For some combination of terms all cases have the same outcome, so that the estimate has no finite value. "
        "Programs that go on report huge coefficients with meaningless errors.",
    ),
    Kind(
        "T044",
        "too little data for the analysis",
        "A model needs more primary units than strata and coefficients; a test needs two groups with cases in each. "
        "Missing values, the domain and weights of 0 all reduce the cases that count.",
    ),
    Kind(
        "T045",
        "the fit does not converge",
        "The steps of the fit did not settle on one set of coefficients, so none is given. Terms of very different "
        "size, or outcomes that are very rare, are the usual reasons.",
    ),
    Kind(
        "T046",
        "a test of a table that the data cannot carry",
        "The test needs a table of two rows and two columns or more, with enough cells that have cases and more "
        "degrees of freedom than it takes.",
    ),
)
