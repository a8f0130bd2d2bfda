"""From weighted answers to figures: estimates, margins of error, tests, evidence for disclosure control (GSBPM 5.7).

`estimate` does one survey of an edition, all indicators by all breakdowns; `join` puts the surveys of an edition
together. What comes out is confidential. The method is told in docs/methods/estimation.md.

For any other table, `survey_design` says how it was drawn, and estimators take the design: `total`, `mean`, `ratio`,
`proportion`, `variance` and `quantiles` in domains (`proportion_interval` from a share and its error); `contrast`,
`nonlinear_contrast` and `differences` of what they give; `t_tests` and `rao_scott`; `regression` with its
`marginal_effects` and `plain_words`; `index` from 0 to 100. See docs/how-to/coming-from-r-stata-spss.md.

`agreement` of coders, `by_code` and their `confusions`.
"""

from barometer.estimation._agreement import (
    Agreement,
    Measured,
    Undefined,
    agreement,
    by_code,
    confusions,
    masi,
    nominal,
)
from barometer.estimation._cases import cases_of
from barometer.estimation._design import SurveyDesign, survey_design
from barometer.estimation._domains import domains_of
from barometer.estimation._estimate import estimate, join, unit_counts
from barometer.estimation._estimators import mean, proportion, ratio, total, variance
from barometer.estimation._index import index
from barometer.estimation._items import domains
from barometer.estimation._large_survey import LargeSurvey, large_survey
from barometer.estimation._lazy_estimates import LargeEstimates, large_estimates
from barometer.estimation._margins import marginal_effects, predictive_margins
from barometer.estimation._multiple import adjusted
from barometer.estimation._plain_words import model_tables, plain_words
from barometer.estimation._ppsample import JointProbabilities
from barometer.estimation._programme import share_programme
from barometer.estimation._proportions import proportion_interval
from barometer.estimation._quantiles import quantiles
from barometer.estimation._rao_scott import rao_scott
from barometer.estimation._regression import Regression, regression
from barometer.estimation._replicates import ReplicateColumns
from barometer.estimation._result import Result, contrast, differences, nonlinear_contrast
from barometer.estimation._t_tests import one_sample_t_test, paired_t_test, t_tests

__all__ = [
    "Agreement",
    "JointProbabilities",
    "LargeEstimates",
    "LargeSurvey",
    "Measured",
    "Regression",
    "ReplicateColumns",
    "Result",
    "SurveyDesign",
    "Undefined",
    "adjusted",
    "agreement",
    "by_code",
    "cases_of",
    "confusions",
    "contrast",
    "differences",
    "domains",
    "domains_of",
    "estimate",
    "index",
    "join",
    "large_estimates",
    "large_survey",
    "marginal_effects",
    "masi",
    "mean",
    "model_tables",
    "nominal",
    "nonlinear_contrast",
    "one_sample_t_test",
    "paired_t_test",
    "plain_words",
    "predictive_margins",
    "proportion",
    "proportion_interval",
    "quantiles",
    "rao_scott",
    "ratio",
    "regression",
    "share_programme",
    "survey_design",
    "t_tests",
    "total",
    "unit_counts",
    "variance",
]
