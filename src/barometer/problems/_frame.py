"""Kinds of problems of family F."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "F001",
        "register that is not UTF-8",
        "A register in CSV is stored as UTF-8. Office programs often store another encoding, in which the letters "
        "æ, ø, å, ä and ö are damaged when read.",
    ),
    Kind(
        "F002",
        "register that cannot be read as a table",
        "A register is a CSV file with commas and one header row, or a Parquet file.",
    ),
    Kind("F003", "register lacks a column", "A column that frame.toml describes is not in the register."),
    Kind(
        "F004",
        "register has a column that is not described",
        "The column is left out. Describe it in frame.toml if strata, weights or tables need it.",
    ),
    Kind(
        "F005", "unit id occurs more than once", "A unit stands once in the register; twice, it could be drawn twice."
    ),
    Kind("F006", "unit without an id", "Every unit needs an id, by which its answers find it."),
    Kind(
        "F007", "category that is not described", "The value is not one of the codes that frame.toml gives the column."
    ),
    Kind(
        "F008",
        "blank value in a required column",
        "The column must have a value for every unit, unless frame.toml says required = false.",
    ),
    Kind(
        "F009",
        "value that is not a number",
        "Numbers are written with a point as decimal mark and without spaces, thousands separators or units.",
    ),
    Kind(
        "F010",
        "permanent random number outside 0 to 1",
        "Permanent random numbers are uniform: at least 0 and below 1.",
    ),
    Kind(
        "F011",
        "permanent random number occurs more than once",
        "Two units with the same number are drawn together or not at all, which makes the sample no random sample. "
        "It usually means that the numbers were rounded.",
    ),
    Kind("F012", "no units left", "The register is empty, or every unit is excluded by the rules of frame.toml."),
    Kind(
        "F013",
        "row with the wrong number of values",
        "The row has more or fewer values than the header has names. Often a value has a comma and lacks quotation "
        "marks.",
    ),
    Kind("F014", "column name occurs more than once", "Columns of a register are found by their name."),
    Kind(
        "F015",
        "column of the wrong type",
        "A Parquet column has another type than frame.toml describes. Ids and categories are text, because leading "
        "zeros count.",
    ),
)
