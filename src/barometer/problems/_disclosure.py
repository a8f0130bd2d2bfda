"""Kinds of problems of family D."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "D001",
        "a file of the release is missing",
        "A release is a fixed set of files. One of them was not found, so the release cannot be opened.",
    ),
    Kind(
        "D002",
        "a file of the release was changed after it was made",
        "The SHA-256 checksum of the file differs from the one in release.json. "
        "Nothing that was changed by hand can be published; make the release again.",
    ),
    Kind(
        "D003",
        "a file of the release cannot be read",
        "The file is not what its name says: JSON with the expected fields, or Parquet with the expected columns.",
    ),
    Kind(
        "D004",
        "the release has no passed audit",
        "A release can be published only when the audit has shown that no protected figure can be worked out.",
    ),
    Kind(
        "D005",
        "a hidden cell carries a number",
        "A cell marked as confidential or as empty must have no value, interval or counts, "
        "and differences may be published only between published cells.",
    ),
    Kind(
        "D010",
        "the evidence does not add up to the estimates",
        "Disclosure control works on counts of the smallest register cells. For every estimate these counts must "
        "sum to the counts of the estimate; here they don't, so nothing can be said about its safety.",
    ),
    Kind(
        "D011",
        "the rules are laxer than the floor",
        "An edition may protect its respondents more than the program demands, never less.",
    ),
    Kind(
        "D012",
        "a protected figure can be worked out from what would be published",
        "The audit found the smallest and largest value that agree with everything published; they are too close "
        "to each other. Nothing was released. This is an error of the program: report it.",
    ),
    Kind(
        "D014",
        "a figure that must be published is unsafe in itself",
        "The edition says publish = true of a cell that a disclosure rule hides for its own sake. What it shows is "
        "what respondents answered, so no weight can save it.",
    ),
    Kind(
        "D015",
        "a figure that must be published would give others away",
        "The edition says publish = true of a cell that is safe in itself, but hidden cells could be worked out with "
        "it whatever else is hidden.",
    ),
    Kind(
        "D016",
        "nothing would be left to publish",
        "Protecting the respondents of a survey would hide every one of its figures. Fewer and coarser tables "
        "usually leave much more.",
    ),
    Kind(
        "D017",
        "a breakdown of which nothing is left",
        "All figures by this breakdown are hidden or empty. Readers get a table of marks.",
    ),
    Kind(
        "D013",
        "the estimates do not belong to this edition",
        "An estimate names a survey, an indicator or a breakdown that the edition does not define.",
    ),
)
