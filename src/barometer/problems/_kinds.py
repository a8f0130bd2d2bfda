"""What a kind of problem is, and the families that exit codes go by."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of problem: `title` is a phrase without end stop, `explanation` one to four plain sentences."""

    code: str
    title: str
    explanation: str


@dataclass(frozen=True)
class Family:
    letter: str
    name: str
    exit_code: int


FAMILIES = {
    family.letter: family
    for family in (
        Family("E", "edition folder", 10),
        Family("X", "expressions", 11),
        Family("Q", "questionnaires", 12),
        Family("F", "frame", 13),
        Family("S", "sampling", 14),
        Family("A", "answers", 15),
        Family("W", "weighting", 16),
        Family("T", "estimation", 17),
        Family("D", "disclosure control", 18),
        Family("P", "publication", 19),
        Family("B", "build folder and files", 20),
        Family("C", "fieldwork", 21),
    )
}
