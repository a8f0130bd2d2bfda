"""Kinds of problems of family P."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "P001",
        "the figures do not bear the claim out",
        "A sentence that compares two groups carries a claim: 'a > b' and 'a < b' need the difference in that "
        "direction and a p-value below the level of the edition, each pair tested on its own; 'a ~ b' needs a "
        "p-value at or above it. The published figures say otherwise, so the sentence must change.",
    ),
    Kind(
        "P002",
        "a claim about a figure that is not published",
        "One of the two groups is hidden to protect those who answered, or nobody answered there. A sentence about "
        "it would tell what the table hides.",
    ),
    Kind(
        "P003",
        "a claim about something that is not published",
        "The indicator, its breakdown or the category is not among those of the release. Perhaps the table of "
        "outputs does not ask for this breakdown.",
    ),
    Kind(
        "P004",
        "a claim that cannot be tested",
        "Both figures are published, but there is no test of their difference, because no margin can be calculated "
        "for one of them.",
    ),
    Kind(
        "P005",
        "a language without interface texts",
        "Every language of an edition needs a catalogue of the texts that the site itself writes: headings, notes, "
        "explanations. A language is added by adding its catalogue.",
    ),
    Kind(
        "P006",
        "the release belongs to another edition",
        "Words come from the edition and numbers from the release; they must belong together.",
    ),
    Kind(
        "P007",
        "the release lacks figures of the edition",
        "The edition lists an indicator that the release has no figure for. The release was probably made before "
        "the edition was changed.",
    ),
    Kind(
        "P008",
        "a text with a number that is not published",
        "A live number of a text is hidden to protect those who answered, or nobody answered there, or it has no "
        "interval. Texts have the figures of the release and no others.",
    ),
)
