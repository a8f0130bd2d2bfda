"""Kinds of problems of family A: A001 to A018 in tables of answers, A020 and on in importing them."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "A001",
        "column of answers is missing",
        "Every question has its column or columns, also where nobody answered; then they are empty.",
    ),
    Kind(
        "A002",
        "unknown column of answers",
        "The questionnaire has no such question, choice or grid item. Register columns are not repeated in answers.",
    ),
    Kind(
        "A003",
        "column of answers has the wrong type",
        "Codes and texts are text, marks of multiple choices true or false, numbers and shares floating-point numbers, "
        "years and ranks whole numbers, and dates days.",
    ),
    Kind("A004", "case without an id", "Every filled-in questionnaire has an id of its own."),
    Kind("A005", "case id used more than once", "A questionnaire handed in twice would count twice."),
    Kind(
        "A006",
        "answer of a unit that is not in the sample",
        "An answer of somebody who was not asked has no weight and stands for nobody.",
    ),
    Kind(
        "A007",
        "unknown code in answers",
        "The code is none of the question's choices.",
    ),
    Kind(
        "A008",
        "answer off the path",
        "The question, choice or item should not have been shown to this respondent, given the register and the "
        "earlier answers. Counting it would mix people who were asked with people who were not.",
    ),
    Kind(
        "A009",
        "required answer is missing",
        "The questionnaire does not let anybody pass this question, so a case without the answer is not complete.",
    ),
    Kind(
        "A010",
        "too few or too many marks",
        "The question says how many choices may be marked.",
    ),
    Kind(
        "A011",
        "marks that exclude each other",
        "A choice such as 'none' or 'don't know' cannot be true together with others.",
    ),
    Kind("A012", "number is out of range", "The question's own limits exclude this number."),
    Kind("A013", "number with too many decimals", "The question asks for a rounder number."),
    Kind("A014", "text is too long", "The question's own limit is shorter."),
    Kind(
        "A015",
        "answers do not fit together",
        "A check of the questionnaire compares several answers, and they contradict each other or are unlikely.",
    ),
    Kind("A016", "ranks with gaps or ties", "The choices of a ranking have the ranks 1, 2, 3 and on, each once."),
    Kind("A017", "shares that do not add up", "The items of the question together make a whole."),
    Kind("A018", "date is out of range", "The question's own limits exclude this day."),
    Kind(
        "A020",
        "map of answers cannot be read",
        "The map is a TOML file in UTF-8. Nothing can be checked until this line is mended.",
    ),
    Kind(
        "A021",
        "map of answers has a wrong entry",
        "The key means nothing here, or its value is of another type or form than expected. The how-to guide on "
        "importing answers lists them all.",
    ),
    Kind("A022", "column of the map is not in the file", "The map names a column that the file does not have."),
    Kind(
        "A023",
        "column of the file without one place in the map",
        "Every column is used once, or left out on purpose with a reason, so that nothing is lost unnoticed.",
    ),
    Kind(
        "A024",
        "map names what the questionnaire or frame lacks",
        "The question, choice, grid item or frame column does not exist in the edition.",
    ),
    Kind(
        "A025",
        "value without a code",
        "The file has a value that the map gives no code for, and that is no choice code itself.",
    ),
    Kind(
        "A026",
        "file is not in the encoding said",
        "Bytes of the file mean nothing in the encoding the map gives, so letters would be lost.",
    ),
    Kind(
        "A027",
        "file cannot be read as rows and columns",
        "The delimiter, quotation mark or escape character is another than the map says, a row has too few or too "
        "many fields, or two columns have one name.",
    ),
    Kind(
        "A028",
        "unit is not in the frame",
        "The value was looked up in the frame column the map names and not found. Misspellings are mended in the "
        "map, under unit_id.corrections.",
    ),
    Kind(
        "A029",
        "several units have the same name",
        "A name that two units of the frame share does not tell which of them answered.",
    ),
    Kind(
        "A030",
        "numbers that cannot be read",
        "These values became missing. Nothing is guessed: the map says which ways of writing a number are understood.",
    ),
    Kind(
        "A031",
        "numbers read by a rule",
        "These values are not plain numbers and were read by the rules of the map for words and ranges.",
    ),
    Kind(
        "A032",
        "question without a column in the file",
        "The answers to this question, choice or grid item are missing for everybody.",
    ),
    Kind(
        "A033",
        "file and register disagree",
        "A column of the file repeats the register and says something else about these units.",
    ),
    Kind(
        "A034",
        "correction that corrects nothing",
        "The misspelling the map mends does not occur in the file: it was mended at the source, or is misspelt here.",
    ),
    Kind(
        "A035",
        "quotation marks that were not escaped",
        "Inside a quoted text of the file, a quotation mark stands without the escape character. It was read as part "
        "of the text, because no delimiter follows it.",
    ),
    Kind(
        "A036",
        "dates that cannot be read",
        "These values became missing. Dates are written as 2026-03-31, or in the format the map gives.",
    ),
)
