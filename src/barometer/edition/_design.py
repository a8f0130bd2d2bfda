"""design.toml and weighting.toml: how units are chosen, and how answers stand for the frame."""

from collections.abc import Mapping

from barometer.edition._allocation import LIMITS, check_limits, read_allocation, read_census
from barometer.edition._entries import Report
from barometer.edition._fields import Fields, Word, read_number
from barometer.edition._frame import FrameRead
from barometer.model import Calibration, Design, FrameColumn, Margin, Selection, Weighting
from barometer.problems import suggestion

DESIGN = ("selection", "strata", "fraction_by", "fractions", "sample_size", "minimum_per_stratum", *LIMITS)
WEIGHTING = ("weighted", "response_classes", "propensity", "calibration", "margins", "bounds")


def read_design(fields: Fields, frame: FrameRead, report: Report) -> Design:
    selection = fields.one_of("selection", Selection) or Selection.CENSUS
    strata = check_columns(fields.strings("strata"), frame, report)
    fraction_by = fields.optional_word("fraction_by")
    size = None
    if fields.has("sample_size"):
        size = fields.integer("sample_size", low=1)
    design = Design(
        selection=selection,
        strata=strata,
        fraction_by=fraction_by.text if fraction_by else "",
        fractions=_fractions(fields),
        sample_size=size,
        minimum_per_stratum=fields.integer("minimum_per_stratum", 2, 1) or 2,
        allocation=read_allocation(fields, strata, frame, report),
        census=read_census(fields, strata, frame, report),
        maximum_fraction=fields.number("maximum_fraction", 1.0, 0.0001, 1) or 1.0,
        start=fields.number("start", 0.0, 0, 0.999999) or 0.0,
    )
    if selection is not Selection.STRATIFIED:
        _no_sampling(fields, selection, report)
    elif fields.has("selection"):
        _sampling(fields, design, fraction_by, frame, report)
    return design


def _fractions(fields: Fields) -> Mapping[str, float]:
    table = fields.table("fractions", None)
    fractions: dict[str, float] = {}
    for category, entry in table.entries.items() if table else ():
        fraction = read_number(entry)
        if fraction is None or not 0 < fraction <= 1:
            found = f"the fraction of '{category}' is {entry.value}"
            fields.context.error(
                "012", entry.place, found, "above 0, at most 1", "Write the share to be asked, 0.15 for 15 %."
            )
        fractions[category] = fraction or 0.0
    return fractions


def _no_sampling(fields: Fields, selection: Selection, report: Report) -> None:
    strata = () if selection is Selection.CENSUS else ("strata",)
    for key in (*strata, "fraction_by", "fractions", "sample_size", *LIMITS):
        if fields.has(key):
            report.error(
                "E025",
                fields.place(key),
                f'{key} with selection = "{selection.value}"',
                'only with selection = "stratified"',
                f"Delete {key}, or change the selection.",
            )


def _sampling(fields: Fields, design: Design, by: Word | None, frame: FrameRead, report: Report) -> None:
    check_limits(fields, design, report)
    if fields.has("allocation"):
        _not_more_than_there_are(fields, design, frame, report)
        return
    if by is None or not design.fractions:
        report.error(
            "E025",
            fields.place("fractions"),
            "a stratified sample without fractions",
            "fraction_by, and a fraction for each of its categories",
            'Give both, or an allocation; for a census write selection = "census".',
        )
        return
    if by.text not in design.strata:
        report.error("E025", by.place, f"'{by.text}'", "a column of strata", suggestion(by.text, design.strata))
    column = frame.columns.get(by.text)
    if column is None or by.text in frame.names.broken:
        return
    codes = [code.code for code in column.categories]
    table = fields.table("fractions", None)
    for category in design.fractions:
        if category not in codes and table:
            place = table.place(category)
            report.error(
                "E009", place, f"category '{category}'", f"a category of '{by.text}'", suggestion(category, codes)
            )
    missing = [code for code in codes if code not in design.fractions]
    if missing:
        report.error(
            "E025",
            fields.place("fractions"),
            f"no fraction for {', '.join(missing)}",
            f"a fraction for each category of '{by.text}'",
            "Add the fractions; 1 asks everyone.",
        )
    _not_more_than_there_are(fields, design, frame, report)


def _not_more_than_there_are(fields: Fields, design: Design, frame: FrameRead, report: Report) -> None:
    units = frame.frame.units.height if frame.frame else 0
    if design.sample_size and units and design.sample_size > units:
        report.error(
            "E012",
            fields.place("sample_size"),
            f"a sample of {design.sample_size} from {units} units",
            f"at most {units}",
            'Lower sample_size, or write selection = "census".',
        )


def read_weighting(fields: Fields, frame: FrameRead, report: Report) -> Weighting:
    weighted = fields.boolean("weighted", True)
    calibration = fields.one_of("calibration", Calibration, Calibration.NONE) or Calibration.NONE
    classes = check_columns(fields.strings("response_classes"), frame, report)
    propensity = check_columns(fields.strings("propensity"), frame, report, numbers=True)
    margins = _margins(fields, frame, report)
    lower, upper = _bounds(fields, report)
    for key in ("response_classes", "propensity", "margins", "bounds") if not weighted else ():
        if fields.has(key):
            _contradiction(fields, key, f"{key} with weighted = false", report)
    if not weighted and calibration is not Calibration.NONE:
        _contradiction(fields, "calibration", f'calibration = "{calibration.value}" with weighted = false', report)
    if weighted and calibration is Calibration.NONE and fields.has("margins"):
        _contradiction(fields, "margins", 'margins with calibration = "none"', report)
    if weighted and calibration is not Calibration.NONE and not fields.has("margins"):
        report.error(
            "E026",
            fields.place("calibration"),
            f'calibration = "{calibration.value}" without margins',
            "margins to calibrate to",
            'Add margins = [["sector"], …], or write calibration = "none".',
        )
    if classes and propensity:
        _contradiction(fields, "propensity", "propensity beside response_classes", report)
    if calibration is Calibration.LOGIT and not fields.has("bounds"):
        report.error(
            "E026",
            fields.place("calibration"),
            'calibration = "logit" without bounds',
            "bounds that weights stay between",
            'Add bounds = [0.3, 3.0], or write calibration = "raking".',
        )
    return Weighting(weighted, classes, calibration, margins, lower, upper, propensity)


def _contradiction(fields: Fields, key: str, found: str, report: Report) -> None:
    report.error("E026", fields.place(key), found, "one or the other", f"Delete {key}, or change the other setting.")


def _margins(fields: Fields, frame: FrameRead, report: Report) -> tuple[Margin, ...]:
    margins: list[Margin] = []
    table = fields.entries.get("margins")
    for entry in table.value if table is not None and isinstance(table.value, tuple) else ():
        inner = Fields(type(entry)({"margins": entry}, entry.place), fields.context, None)
        words = inner.strings("margins")
        alone = len(words) == 1
        margin = Margin(check_columns(words, frame, report, numbers=alone))
        if margin in margins:
            report.error("E008", entry.place, f"the margin {list(margin.columns)} again", "each once", "Delete one.")
        margins.append(margin)
    if table is not None and not isinstance(table.value, tuple):
        fields.strings("margins")  # says that it is no list
    return tuple(margins)


def _bounds(fields: Fields, report: Report) -> tuple[float, float]:
    if not fields.has("bounds"):
        return 0.0, float("inf")
    entry = fields.entries["bounds"]
    numbers = [read_number(part) for part in entry.value] if isinstance(entry.value, tuple) else []
    match numbers:
        case [float(lower), float(upper)] if 0 <= lower < 1 < upper:
            return lower, upper
    report.error(
        "E012",
        entry.place,
        "bounds that are not two numbers around 1",
        "a number from 0 to below 1, and one above 1",
        "Write bounds = [0.3, 3.0], for example.",
    )
    return 0.0, float("inf")


def check_columns(
    words: tuple[Word, ...], frame: FrameRead, report: Report, *, numbers: bool = False
) -> tuple[str, ...]:
    """Names of register columns that divide all units; with `numbers`, a number is fine too."""
    for word in words:
        if frame.names.unreadable or word.text in frame.names.broken:
            continue
        column = frame.columns.get(word.text)
        if column is None:
            report.error(
                "E009",
                word.place,
                f"column '{word.text}'",
                "a column of the register",
                suggestion(word.text, frame.columns),
            )
        else:
            _check_divides(column, word, report, numbers)
    return tuple(dict.fromkeys(word.text for word in words))


def _check_divides(column: FrameColumn, word: Word, report: Report, numbers: bool) -> None:
    if column.kind != "category" and not (numbers and column.kind in ("integer", "number")):
        found = f"'{column.name}', a column of kind {column.kind}"
        way_out = "Use a column of kind category, or make one of classes of this column."
        report.error("E021", word.place, found, "a column of kind category", way_out)
    elif not column.required:
        report.error(
            "E021",
            word.place,
            f"'{column.name}', which may be blank",
            "a column with a value for every unit",
            "Give blanks a category of their own in the register, such as 'unknown', and delete required = false.",
        )
