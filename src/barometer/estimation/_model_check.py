"""What keeps a model from being fitted, told before it is believed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from barometer.estimation._design import SurveyDesign
from barometer.estimation._domain_means import MISSING, check_columns, coded, numbers_of
from barometer.estimation._fits import Fit
from barometer.estimation._model_matrix import ModelTerms
from barometer.estimation._separation import separating_direction
from barometer.problems import BadInput, Place, Problem

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

COLLINEAR = 1e-9
"""A column of which a smaller part than this is not a combination of those before it (R's limit is 1e-11)."""
SUSPICIOUS = 12.0
"""Fitted logits or logs beyond this make it worth asking whether the terms separate the outcomes."""


def check_outcome(design: SurveyDesign, outcome: str, family: str) -> tuple[Vector, tuple[str, ...]]:
    """The outcome as numbers, NaN where missing, and its categories, none for numbers.

    Raises BadInput T040 and T041.
    """
    problems = check_columns(design, [outcome])
    if problems:
        raise BadInput(tuple(problems))
    if family in ("gaussian", "poisson"):
        y = numbers_of(design, (outcome,))[:, 0]
        y = np.where(np.isfinite(y), y, np.nan)
        wrong = np.flatnonzero(y < 0)
        if family == "poisson" and len(wrong):
            raise BadInput((_unsuited(outcome, f"{y[wrong[0]]:g} in case {wrong[0] + 1}", "counts, 0 or more"),))
        return y, ()
    codes, labels = coded(design, outcome)
    return np.where(codes == MISSING, np.nan, codes.astype(np.float64)), labels


def check_cases(outcome: str, n: int) -> list[Problem]:
    """T044 without cases."""
    if n:
        return []
    found, expected = "no case that has outcome and terms", "cases to fit the model to"
    return [Problem("T044", Place(column=outcome), found, expected, "Widen the domain, or leave terms out.")]


def check_categories(categories: tuple[str, ...], outcome: str, family: str, n: int) -> list[Problem]:
    """T044 without variation, T041 for a number of categories the family does not take."""
    place, count = Place(column=outcome), len(categories)
    if count < 2:
        found = f"only '{categories[0]}' among {n} cases"
        return [Problem("T044", place, found, "an outcome that varies", "Widen the domain, or leave terms out.")]
    if family == "logit" and count != 2:
        listed = ", ".join(f"'{one}'" for one in categories[:5]) + (", …" if count > 5 else "")
        return [_unsuited(outcome, f"{count} categories: {listed}", "two categories, or 0 and 1")]
    if family in ("multinomial", "ordinal") and count < 3:
        return [_unsuited(outcome, f"{count} categories", "three categories or more; two are for family logit")]
    return []


def check_rank(
    X: Matrix, names: Sequence[str], owner: Sequence[int], terms: ModelTerms, weight: Vector
) -> list[Problem]:
    """T042 for columns that are combinations of those before them."""
    problems = []
    for number, term in enumerate(terms.terms, start=1):
        if number not in owner or all(len(set(terms.factors[one].labels)) == 1 for one in term):
            found = (
                f"'{terms.factors[term[0]].labels[0]}' in all {len(X)} cases"
                if terms.factors[term[0]].labels
                else "one"
            )
            problems.append(_collinear(terms.names[number - 1], found))
    if problems:
        return problems
    rooted = X * np.sqrt(weight)[:, None]
    norms = np.sqrt((rooted**2).sum(axis=0))
    scaled = rooted / np.where(norms > 0, norms, 1.0)
    gram = np.linalg.eigvalsh(scaled.T @ scaled)
    if gram[0] > 1e-7:
        return []
    remaining = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    short = len(X) < X.shape[1]
    dependent = range(len(X), X.shape[1]) if short else np.flatnonzero(remaining < COLLINEAR)
    for place in map(int, dependent):
        others = np.linalg.lstsq(scaled[:, :place], scaled[:, place], rcond=None)[0]
        parts = [names[one] for one in np.flatnonzero(np.abs(others) > 1e-6).tolist()]
        shown = ", ".join(f"'{part}'" for part in parts[:6]) + (", …" if len(parts) > 6 else "")
        problems.append(_collinear(names[place], f"a combination of {shown}" if parts else "0 in all cases"))
    return problems


def check_freedom(df: float, outcome: str, n: int) -> list[Problem]:
    """T044 where coefficients leave no degree of freedom."""
    if df >= 1:
        return []
    found = f"{df:g} degrees of freedom in {n} cases"
    expected = "more primary units than strata and coefficients"
    return [Problem("T044", Place(column=outcome), found, expected, "Leave terms out, or join categories.")]


def check_fit(
    family: str,
    result: Fit,
    X: Matrix,
    y: Vector,
    outcome: str,
    names: Sequence[str],
    categories: tuple[str, ...],
) -> list[Problem]:
    """T043 when the terms separate the outcomes, T045 when the fit did not settle for another reason."""
    slopes = result.coefficients[: X.shape[1]] if family != "multinomial" else result.coefficients
    far = np.abs(X @ slopes.reshape(-1, X.shape[1]).T).max(initial=0.0) if X.shape[1] else 0.0
    if family != "gaussian" and (not result.converged or far > SUSPICIOUS):
        direction = separating_direction(family, X, y, len(categories))
        if direction is not None:
            involved = np.abs(direction.reshape(-1, X.shape[1])).max(axis=0) > 1e-6
            shown = ", ".join(f"'{name}'" for name, one in zip(names, involved, strict=True) if one)
            way_out = "Leave the term out, or join its category with another."
            place = Place(column=outcome)
            return [Problem("T043", place, f"the outcome is determined by {shown}", "outcomes that mix", way_out)]
    if not result.converged:
        way_out = "Rescale terms of very different size, and look for outcomes that are very rare."
        return [Problem("T045", Place(column=outcome), "no settled coefficients", "a fit that settles", way_out)]
    return []


def _collinear(name: str, found: str) -> Problem:
    way_out = "Leave one of these terms out, or join categories."
    return Problem("T042", Place(column=name), found, "a column that differs from all others", way_out)


def _unsuited(outcome: str, found: str, expected: str) -> Problem:
    return Problem("T041", Place(column=outcome), found, expected, "Choose another family, or recode the outcome.")
