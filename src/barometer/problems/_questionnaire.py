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
        "The list of choices or the section is not defined in this questionnaire, or the register has no such column. "
        "It is misspelt, or has been removed.",
    ),
    Kind(
        "Q010",
        "structure that does not close",
        "In a workbook every 'begin page' has its 'end page', every 'begin grid' its 'end grid' and every "
        "'begin shares' its 'end shares'; questions stand on pages and items in grids or shares.",
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
        "Single and multiple choices, grids and rankings have choices, grids and shares have items, numbers have a "
        "unit and decimals, computed questions an expression; limits belong to what is counted or measured.",
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
    Kind(
        "Q021",
        "condition that makes no difference",
        "Every combination of answers was tried: the condition holds for nobody, or for everybody, or leaves some "
        "respondents too few choices. Most often 'and' and 'or' are exchanged, or a question is meant that those "
        "respondents were never asked.",
    ),
    Kind(
        "Q022",
        "the same words twice",
        "Two choices, items or questions cannot be told apart by those who read them in this language. Most often a "
        "line was copied and not changed.",
    ),
    Kind("Q023", "part of a questionnaire that is never used", "It was defined, but nothing refers to it."),
    Kind(
        "Q024",
        "text that does not look finished",
        "The text has a mark that authors leave for themselves, or HTML, which respondents would read as it stands.",
    ),
    Kind(
        "Q025",
        "limit that cannot be meant",
        "The limit or property can never be reached, always is, or makes another kind of question of it.",
    ),
    Kind("Q101", "answer that is no choice", "The code is none of the choices shown."),
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
    Kind("Q111", "choice used twice", "A choice is marked once, and has one place in a ranking."),
    Kind("Q112", "place of a ranking left empty", "The places of a ranking are filled from the first on."),
    Kind(
        "Q113",
        "answer that can be read in two ways",
        "'1.200' is 1200 to some and 1.2 to others, and 3/4/2026 a day in March or in April. Nothing is guessed.",
    ),
    Kind("Q114", "shares that do not add up", "The items of the question together make a whole."),
    Kind("Q115", "date outside the question's limits", "The question's own limits exclude this day."),
    Kind("Q116", "answer that is not a number", "The text is kept, but it cannot be read as a number."),
    Kind("Q117", "answer that is not a year", "The text is kept, but a year has four digits."),
    Kind("Q118", "answer that is not a date", "The text is kept, but there is no such day."),
    Kind(
        "Q119",
        "text beside a choice that is not chosen",
        "What is written beside 'other' counts when that choice is chosen.",
    ),
    # Versions of a questionnaire
    Kind(
        "Q121",
        "question that became of another kind",
        "Answers given before and after would stand in one column and mean two things. A question of another kind is "
        "another question and gets an id of its own.",
    ),
    Kind(
        "Q122",
        "id or code used again for something else",
        "Answers given before the change would be counted as what the id or code means now.",
    ),
)
