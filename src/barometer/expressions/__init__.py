"""The small typed language of conditions: routing, universes and derived indicators.

Python-like text, parsed against a scope of known variables, never evaluated by Python:

    inc_prod == 'yes' or inc_serv == 'yes'
    novelty in ('inspired', 'copy')
    'company' in partners and count(partners) >= 2
    factors.employees in ('promoted_some', 'promoted_high')
    sector == 'state' and answered(hours) and hours > 10
    INNOV and not collaborated

Every operator is defined for missing answers: a comparison with a missing answer is False, membership in a
missing set is False, `not` is plain two-valued negation, `count` of a missing set is 0, arithmetic with a
missing number is missing. So a condition is always True or False, and a number is a number or missing.
That holds for != and `not in` too: `novelty != 'first'` is about those who answered; write
`not novelty == 'first'` to count those who did not as well. sum, min and max are missing when one of their
numbers is, as is a division by zero. A set answered without a mark is empty, not missing; an empty text is
missing.
"""

from barometer.expressions._columns import to_polars
from barometer.expressions._expression import Expression, condition, number
from barometer.expressions._parse import parse_condition, parse_number
from barometer.expressions._possible import Circumstances, possible_cases
from barometer.expressions._syntax import canonical_source
from barometer.expressions._types import Node, Scope, Type, Variable

__all__ = [
    "Circumstances",
    "Expression",
    "Node",
    "Scope",
    "Type",
    "Variable",
    "canonical_source",
    "condition",
    "number",
    "parse_condition",
    "parse_number",
    "possible_cases",
    "to_polars",
]
