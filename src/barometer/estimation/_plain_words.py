"""A fitted model in plain words: who answers what together, never what would follow from what."""

from collections.abc import Sequence

import polars as pl

from barometer.estimation._margins import marginal_effects
from barometer.estimation._regression import Regression, TermTest

CAUTION = (
    "These are differences between cases as they are. They do not say what would happen if somebody changed one of "
    "the terms: other things that differ along with it may lie behind them."
)
NAMES = {
    "gaussian": "Linear regression",
    "logit": "Logistic regression",
    "poisson": "Poisson regression",
    "multinomial": "Multinomial logistic regression",
    "ordinal": "Ordinal logistic regression (proportional odds)",
}
LEVEL = 0.05


def plain_words(model: Regression) -> str:
    """What the model says, in English: cases used and left out, each term's test and differences, a caution.

    A difference is called one only where its 95 % interval leaves out 0, and the term's own test finds something
    at the 5 % level; all others are said not to be shown. Nothing is adjusted for the number of terms looked at,
    and the text says so when there are several.
    """
    lines = [_what(model), _cases(model), ""]
    if not model.terms.terms:
        return "\n".join([*lines, "No terms: nothing is compared."])
    lines.append("With the other terms alike:" if len(model.terms.terms) > 1 else "Compared:")
    effects = marginal_effects(model)
    for term in model.terms.names:
        test = model.term_test(term)
        lines.append(_term(model, term, test))
        shown = effects.filter(pl.col("factor") == term)
        lines += [_difference(model, row, test.p < LEVEL) for row in shown.iter_rows(named=True)]
    crossed = [term for term in model.terms.terms if len(term) > 1]
    if crossed:
        lines.append("Differences are averages over the cases; where terms interact, they differ from case to case.")
    if len(model.terms.terms) > 1:
        lines.append(f"{len(model.terms.terms)} terms were looked at; p-values are not adjusted for that.")
    if model.replicates_without_fit:
        lines.append(f"{model.replicates_without_fit} replicates were left out: the model could not be fitted to them.")
    return "\n".join([*lines, "", CAUTION])


def _what(model: Regression) -> str:
    listed = ", ".join(model.terms.names) or "nothing"
    return f"{NAMES[model.family]} of {_outcome(model)} on {listed}."


def _outcome(model: Regression, category: str = "") -> str:
    if model.family == "logit":
        return f"the share with {model.outcome} = {model.categories[1]}"
    if category:
        return f"the share with {model.outcome} = {category}"
    return {"gaussian": f"the mean of {model.outcome}", "poisson": f"the mean count of {model.outcome}"}.get(
        model.family, model.outcome
    )


def _cases(model: Regression) -> str:
    gaps = [f"{name} {count:,}" for name, count in model.missing.items() if count]
    used = f"{model.n:,} cases are used."
    if not gaps:
        return f"{used} None is left out for missing values."
    return f"{used} Left out because a value is missing: {', '.join(gaps)} (a case may count more than once)."


def _term(model: Regression, term: str, test: TermTest) -> str:
    found = "goes with" if test.p < LEVEL else "is not shown to go with"
    numbers = f"F = {test.F:.2f} on {test.ndf} and {test.ddf:g} degrees of freedom, p {_p(test.p)}"
    return f"- {term} {found} {_outcome(model)} ({numbers})."


def _difference(model: Regression, row: dict[str, object], tested: bool) -> str:
    estimate, low, high = (float(str(row[name])) for name in ("estimate", "ci_low", "ci_high"))
    factor, category = str(row["factor"]), str(row["category"])
    share = model.family not in ("gaussian", "poisson")
    scale, unit = (100.0, " percentage points") if share else (1.0, "")
    where = f" in {_outcome(model, str(row['outcome']))}" if row["outcome"] else ""
    interval = f"95 % interval {_number(low * scale)} to {_number(high * scale)}"
    against = f"than {model.terms.factors[factor].labels[0]}" if category else "per unit more"
    subject = category or factor
    if not (tested and (low > 0 or high < 0)):
        size = f"{_number(estimate * scale)}{unit} {'against ' + against[5:] if category else 'per unit'}"
        return f"    {subject}: no difference is shown{where} ({size}, {interval})."
    direction = "higher" if estimate > 0 else "lower"
    return f"    {subject}: {_number(abs(estimate) * scale)}{unit} {direction} {against}{where} ({interval})."


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def model_tables(model: Regression, terms: Sequence[str] | None = None) -> dict[str, pl.DataFrame]:
    """Coefficients, Wald tests of terms, and average marginal effects, as tables."""
    names = model.terms.names if terms is None else terms
    tests = [model.term_test(term) for term in names]
    tables = {"coefficients": model.table()}
    if tests:
        tables["tests"] = pl.DataFrame([vars(test) for test in tests])
        tables["marginal_effects"] = marginal_effects(model)
    return tables
