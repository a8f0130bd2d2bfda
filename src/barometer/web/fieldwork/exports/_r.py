"""An R script that reads the CSV files with labels, in base R."""

import json

from barometer.questionnaire import Variable, VariableMeasure
from barometer.web.fieldwork.exports._words import in_language

_READ = """# Reads answers.csv and states.csv of this folder; needs base R only.
# answers: codes as factors with labels; NA where there is no answer. states: why (see codebook.html).
read_export <- function(name) {
  read.csv(name, sep = ";", fileEncoding = "UTF-8-BOM", encoding = "UTF-8", colClasses = "character",
           na.strings = "", check.names = FALSE)
}
answers <- read_export("answers.csv")
states <- read_export("states.csv")
# An apostrophe in front keeps spreadsheet programs from running a text as a formula.
answers[] <- lapply(answers, function(x) sub("^'([=+@\\t\\r\\n-])", "\\\\1", x))
codes <- function(x, levels, labels) factor(x, levels = levels, labels = make.unique(labels))
number <- function(x) as.numeric(x)
mark <- function(x) x == "true"
answers$design_weight <- number(answers$design_weight)
answers$complete <- mark(answers$complete)
answers$handed_in <- as.Date(answers$handed_in)
"""


def script(variables: tuple[Variable, ...], language: str) -> bytes:
    lines = [_READ]
    for one in variables:
        column = f"answers[[{_quoted(one.name)}]]"
        if one.measure is VariableMeasure.CODE:
            codes = ", ".join(_quoted(category.code) for category in one.categories)
            labels = ", ".join(_quoted(in_language(category.label, language)) for category in one.categories)
            lines.append(f"{column} <- codes({column}, c({codes}), c({labels}))")
        elif one.measure is VariableMeasure.DATE:
            lines.append(f"{column} <- as.Date({column})")
        elif one.measure is VariableMeasure.MARK:
            lines.append(f"{column} <- mark({column})")
        elif one.measure is not VariableMeasure.TEXT:
            lines.append(f"{column} <- number({column})")
        lines.append(f'attr({column}, "label") <- {_quoted(in_language(one.label, language))}')
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    """A string as R reads it; JSON's escapes are R's."""
    return json.dumps(text, ensure_ascii=False)
