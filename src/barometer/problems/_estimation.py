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
)
