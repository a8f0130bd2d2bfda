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
    Kind(
        "P009",
        "a comparison that nothing checks",
        "A sentence with a live number has a word that compares, such as 'more' or 'fewest', and no claim. If figures "
        "change, it goes on saying what they no longer show. Words are looked up in a list for each language; "
        "comparisons in other words, and those in sentences without a number, are not seen.",
    ),
    Kind(
        "P010",
        "the self-test asks more than a browser can carry",
        "The answers of visitors are kept nowhere but in a cookie of their own browser, and browsers drop long ones. "
        "The longest answers there can be to the questions of the self-test would not fit.",
    ),
    Kind(
        "P020",
        "a published number changed, and readers are not told why",
        "Every number that was published and now comes out otherwise, or is no longer published, is listed in "
        "corrections.toml with a date and a reason. Readers see old value, new value, date and reason on each page "
        "concerned and in the list of corrections. In editions with made-up answers this is a warning.",
    ),
    Kind(
        "P021",
        "a correction of something that did not change",
        "corrections.toml tells of a release in which no published number of this indicator, breakdown or cell "
        "changed. Readers would be told of a correction that never was.",
    ),
    Kind(
        "P030",
        "a table has no such variable or value",
        "A part of a table is asked for by its variables and their values. One of them is not in the table, or no "
        "value of a variable was named. The message lists those the table has.",
    ),
    Kind(
        "P031",
        "published numbers contradict each other",
        "Before anything is written, the numbers of the release are held against each other: shares lie between 0 and "
        "100 per cent and inside their intervals, the bases of the groups make the base of everyone, everyone's figure "
        "lies between those of the groups, and a union between its largest part and the sum of its parts. One of "
        "these does not hold.",
    ),
    Kind(
        "P032",
        "a file says something else than the release",
        "Files of open data are read back as they are written, and held against the table they were written from. "
        "One of them differs, or is not what its format asks for.",
    ),
    Kind(
        "P033",
        "a page is heavy",
        "A page of the site takes long to load on a phone. Pages of themes and of single figures are spread over "
        "several pages by themselves; lists of everything, questionnaires and texts are not.",
    ),
)
