"""Kinds of problems of family E."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "E001",
        "file is missing",
        "The edition folder lacks a file that every edition has, or that one of its other files names.",
    ),
    Kind(
        "E002",
        "TOML that cannot be read",
        "The file breaks the rules of TOML at this line: often a missing quotation mark, a missing comma between "
        "the parts of a list, or the same name given twice. Nothing else in the file can be checked until then.",
    ),
    Kind(
        "E003",
        "unknown key",
        "The key means nothing here, so what it says would be lost. It is misspelt, or belongs to another table.",
    ),
    Kind("E004", "required value is missing", "The edition cannot be used without this value."),
    Kind(
        "E005",
        "wrong type of value",
        "The value is of another type than this key takes. In TOML, texts stand in quotation marks, numbers, dates "
        "and true or false do not.",
    ),
    Kind(
        "E006",
        "text is missing in a language",
        "Every text is given in every language of the edition, because every page is published in all of them. "
        "An optional text is given in all languages or in none.",
    ),
    Kind(
        "E007",
        "value that is not allowed here",
        "The value is of the right type, but not one of the allowed words, or not written in the required form.",
    ),
    Kind("E008", "id is used twice", "Ids name one thing each, so that a reference has one meaning."),
    Kind(
        "E009",
        "reference to something that does not exist",
        "The name refers to a survey, universe, indicator, breakdown, theme, question, category, column, file or "
        "language that is not defined in this edition. It is misspelt, or what it named has been removed.",
    ),
    Kind(
        "E010",
        "reference to something defined later",
        "Universes and indicators may use only those that stand before them, so that definitions never go in circles.",
    ),
    Kind(
        "E011",
        "one name for two things",
        "Questions, register columns, universes and indicators of a survey share one list of names in expressions.",
    ),
    Kind("E012", "number is out of range", "The number is smaller or larger than makes sense here."),
    Kind(
        "E013",
        "disclosure rule below the floor",
        "An edition may protect respondents better than the floor built into the program, never worse.",
    ),
    Kind(
        "E014",
        "dates out of order",
        "The reference period starts before it ends, and figures are released after it has ended.",
    ),
    Kind(
        "E015",
        "release time without a time zone",
        "An embargo ends at one moment for everyone, so the time of release needs its distance from UTC.",
    ),
    Kind("E016", "text file that is not UTF-8", "All text files of an edition are stored as UTF-8."),
    Kind(
        "E017",
        "defined but never used",
        "The edition works without this, so it is probably misspelt or left over.",
    ),
    Kind(
        "E018",
        "indicator is not completely defined",
        "A share has a numerator or components, never both; a mean or total has a value and a unit.",
    ),
    Kind(
        "E019",
        "components that make no union",
        "A union counts those who meet at least one of its components, so these are earlier share indicators of the "
        "same survey with the same universe.",
    ),
    Kind(
        "E020",
        "breakdown is not completely defined",
        "A breakdown divides respondents in exactly one way: by a register column, by crossing two breakdowns by "
        "column, or by categories that each have a condition.",
    ),
    Kind(
        "E021",
        "register column that cannot be used this way",
        "Strata, response classes, margins and breakdowns divide the register completely, so they need columns of "
        "kind category that are never blank. A number can be a margin by itself.",
    ),
    Kind(
        "E022",
        "categories that do not match",
        "The list must have exactly the categories of the register column or breakdown it refers to.",
    ),
    Kind("E023", "table without figures", "The table would contain nothing: no indicator or no breakdown fits it."),
    Kind(
        "E024",
        "claim that cannot be read",
        "A claim compares two cells of a breakdown: 'left > right', 'left < right', or 'left ~ right' where they do "
        "not differ.",
    ),
    Kind(
        "E025",
        "sampling design does not hold together",
        "A stratified sample needs strata and fractions for every category; a census or reports need neither, but "
        "a text on what their margins of error mean.",
    ),
    Kind(
        "E026",
        "weighting does not hold together",
        "Unweighted answers have no classes, margins or bounds; calibration needs margins.",
    ),
    Kind(
        "E027",
        "published figure that cannot be compared",
        "A row of figures.csv, or of a file named in series.toml, has a value that is no number, or names something "
        "this edition does not have.",
    ),
    Kind(
        "E028",
        "made-up answers that are not called so",
        "Simulated answers are made up. An edition with such answers says so on every page, with synthetic = true.",
    ),
    Kind(
        "E029",
        "text with control characters",
        "The text has invisible characters, usually from copying out of another program, that break files made of it.",
    ),
    Kind(
        "E030",
        "letter that cannot be sent",
        "A letter is Markdown: a heading that becomes the subject of the mail, then the text. It may use the known "
        "placeholders, such as {link}. A letter that asks for answers has the link, and the first one a person gets "
        "tells the source of the address.",
    ),
    Kind(
        "E031",
        "live number that cannot be read",
        "A text of the edition may have live numbers: a function, an indicator and at most one breakdown with its "
        'category, all in quotation marks, as in {{ share("COL_FIRM", sector="state") }}.',
    ),
    Kind(
        "E032",
        "live number of something the edition does not have",
        "The indicator, its breakdown or the category is not among those of indicators.toml and outputs.toml, or the "
        "function does not suit the indicator: share and of_ten for shares, value for means and totals.",
    ),
    Kind(
        "E033",
        "number typed by hand",
        "A text with a percentage typed by hand goes on saying it when the figure has changed, and nobody checks that "
        "it is the figure. Live numbers are always those of the release.",
    ),
    Kind(
        "E034",
        "categories that cannot be merged so",
        "A merge puts two or more categories of a breakdown together, each of them once, and leaves at least two "
        "categories. Merging everything is what the total is; a merge of a merge is one merge of all its parts.",
    ),
    Kind(
        "E035",
        "contradictory importance",
        "Two [[important]] tables say different things of the same cell, so nobody can tell which is meant.",
    ),
    Kind(
        "E036",
        "other live numbers than in the first language",
        "Readers of every language should get the same figures. This text has live numbers or claims that the text of "
        "the edition's first language does not have, or lacks some.",
    ),
    Kind(
        "E060",
        "simulated answers that do not meet a published figure",
        "Answers are made up such that estimates round to the figures of figures.csv. With these respondents and this "
        "model no such answers were found. Either the figures contradict each other in a way that is not detected, "
        "or the model of simulation.toml makes the needed answers too rare.",
    ),
    Kind(
        "E061",
        "response that cannot be simulated",
        "simulation.toml asks for more respondents than were drawn, in all or of one category.",
    ),
    Kind(
        "E062",
        "answers that cannot be simulated",
        "A hard check or a required question leaves respondents no answer that the model of simulation.toml gives.",
    ),
)
