"""Kinds of problems of family Q. The first twelve mean what their namesakes of family E mean."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "Q001",
        "questionnaire file that cannot be opened",
        "The file is not a workbook (.xlsx) or a UTF-8 text (.yaml), is damaged, protected by a password, or of "
        "another format with a changed name.",
    ),
    Kind(
        "Q002",
        "YAML that cannot be read",
        "The file breaks the rules of YAML at this line: often a tab, a wrong indentation, or a text with a colon "
        "that is not in quotation marks. Nothing else in the file can be checked until it is mended.",
    ),
    Kind(
        "Q003",
        "unknown key, column or sheet",
        "The name means nothing here, so what it says would be lost. In a workbook, columns and sheets of your own "
        "may be kept if their name starts with x_.",
    ),
    Kind("Q004", "required value is missing", "The questionnaire cannot be used without this value."),
    Kind("Q005", "wrong type of value", "The value is of another type than is expected here."),
    Kind(
        "Q006",
        "text is missing in a language",
        "Every text is given in every language of the questionnaire, so that no respondent meets a blank.",
    ),
    Kind(
        "Q007",
        "value that is not allowed here",
        "The value is not one of the allowed words, or not written in the required form.",
    ),
    Kind(
        "Q008",
        "name is used twice",
        "Pages, questions, checks and choice lists have names of their own, and a choice code stands once in a list.",
    ),
    Kind(
        "Q009",
        "reference to something that does not exist",
        "The list of choices is not defined in this questionnaire. It is misspelt, or has been removed.",
    ),
    Kind(
        "Q010",
        "structure that does not close",
        "In a workbook every 'begin page' has its 'end page' and every 'begin grid' its 'end grid'; questions stand "
        "on pages and items in grids.",
    ),
    Kind(
        "Q011",
        "question with a name already taken",
        "Questions and register columns share one list of names in expressions, together with the names of functions "
        "and of the columns Barometer adds to tables.",
    ),
    Kind("Q012", "number is out of range", "The number is smaller or larger than makes sense here."),
    Kind(
        "Q013",
        "part that does not fit the kind of question",
        "Single and multiple choices and grids have choices, grids have items, numbers have a unit and decimals; "
        "limits belong to numbers, multiple choices and texts.",
    ),
    Kind(
        "Q014",
        "too few choices or items",
        "A choice between fewer than two possibilities is no choice, and a grid without items asks nothing.",
    ),
    Kind(
        "Q015",
        "missing answer that does not exclude others",
        "In a multiple choice, 'don't know' and its like cannot stand together with other answers.",
    ),
    Kind(
        "Q016",
        "questionnaire is not in the languages of the edition",
        "The edition is published in all its languages, with the exact words of the questions, so the questionnaire "
        "needs all of them.",
    ),
    Kind(
        "Q017",
        "cell whose value cannot be used",
        "The cell holds a formula whose result was never stored, or an error such as #REF!.",
    ),
    Kind(
        "Q018",
        "file that is too large for a questionnaire",
        "The file unpacks to far more than a questionnaire needs, or is nested too deeply. It is refused unread, "
        "because such files can be made to exhaust a computer.",
    ),
    Kind("Q019", "questionnaire without questions", "There is nothing to ask."),
    Kind(
        "Q020",
        "text with control characters",
        "The text has invisible characters, usually from copying out of another program, that break files made of it.",
    ),
    # One respondent's answers
    Kind("Q101", "answer that is no choice", "The code is none of the choices shown, or stands there twice."),
    Kind("Q102", "answer of the wrong kind", "The question asks for another kind of answer."),
    Kind("Q103", "too few or too many marks", "The question says how many choices may be marked."),
    Kind(
        "Q104",
        "marks that exclude each other",
        "A choice such as 'none' or 'don't know' cannot be true together with others.",
    ),
    Kind("Q105", "number outside the question's limits", "The question's own limits exclude this number."),
    Kind("Q106", "number with too many decimals", "The question asks for a rounder number."),
    Kind("Q107", "text is too long", "The text has more characters or lines than the question allows."),
    Kind("Q108", "answer to what asks nothing", "Information is shown and not answered."),
    Kind("Q109", "question is not answered", "The questionnaire asks for an answer before going on."),
    Kind(
        "Q110",
        "answers do not fit together",
        "A check of the questionnaire compares several answers, and they contradict each other or are unlikely.",
    ),
)
