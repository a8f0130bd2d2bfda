"""An edition folder, read whole: every file, then what they say about each other."""

from collections.abc import Mapping
from dataclasses import replace

from barometer.edition._coding import add_codings
from barometer.edition._corrections import CORRECTIONS, read_corrections
from barometer.edition._corrections import KEYS as CORRECTION_KEYS
from barometer.edition._design import DESIGN, WEIGHTING, read_design, read_weighting
from barometer.edition._entries import Entry, Report
from barometer.edition._fields import Fields
from barometer.edition._figures import check_figures
from barometer.edition._files import TOML_FILES, check_files, read_texts
from barometer.edition._frame import FrameRead, read_frames
from barometer.edition._header import SurveyHeader, read_header, read_languages, read_surveys
from barometer.edition._indicators import Registry, read_indicators
from barometer.edition._instrument import read as read_questionnaire
from barometer.edition._live import check_live_texts
from barometer.edition._names import Names
from barometer.edition._outputs import KEYS as OUTPUTS
from barometer.edition._outputs import Outputs, read_outputs, with_trial
from barometer.edition._series import KEYS as SERIES_KEYS
from barometer.edition._series import SERIES, read_series
from barometer.edition._surveys import SurveyRead, Surveys
from barometer.edition._texts import Context
from barometer.edition._themes import check_themes
from barometer.edition._toml import read_toml
from barometer.model import (
    Correction,
    Design,
    Edition,
    Folder,
    Instrument,
    Programme,
    Selection,
    Series,
    Survey,
    Weighting,
)
from barometer.problems import Place, Problem, Severity, raise_errors, suggestion


def read_edition(folder: Folder, trial: tuple[str, bytes] | None = None) -> Edition:
    """The edition a folder describes. `trial`, name and content of a TOML file, has tables of outputs.toml (TRIED)
    that are read in place of the folder's own.

    Raises BadInput with every problem found in any of its files (codes E, Q, X and F). Warnings do not raise;
    `check_edition` gives them.
    """
    edition, problems = _read(folder, trial)
    raise_errors(problems)
    assert edition is not None
    return edition


def try_edition(folder: Folder) -> tuple[Edition | None, tuple[Problem, ...]]:
    """The edition, None where it has errors, and all its problems; for who goes on working with what was good."""
    edition, problems = _read(folder)
    return None if any(one.severity is Severity.ERROR for one in problems) else edition, problems


def check_edition(folder: Folder) -> tuple[Problem, ...]:
    """All problems of an edition folder, errors and warnings, in the order of its files."""
    return _read(folder)[1]


def _read(folder: Folder, trial: tuple[str, bytes] | None = None) -> tuple[Edition | None, tuple[Problem, ...]]:
    """The edition, None without a readable edition.toml, and all problems. With errors, the edition has gaps."""
    report = Report()
    files = {name: _open(name, folder, report) for name in TOML_FILES}
    if trial is not None:
        files["outputs.toml"] = with_trial(files["outputs.toml"], *trial, report)
    languages = read_languages(files["edition.toml"], report)
    context = Context(report, "E", languages)
    tops = {name: Fields(entry, context, None) for name, entry in files.items() if entry is not None}
    header = tops.get("edition.toml")
    edition = read_header(header, report) if header else None
    declared = read_surveys(header, folder, report) if header else ()
    frames = _frames(tops.get("frame.toml"), declared, folder, report)
    surveys = _surveys(declared, frames, folder, languages, report, unreadable=header is None)
    surveys = add_codings(surveys, folder, languages, report)
    designs = _designs(tops, surveys, report)
    weightings = _weightings(tops, surveys, report)
    registry = read_indicators(tops.get("indicators.toml"), surveys, report)
    outputs = Outputs()
    if "outputs.toml" in tops:
        top = Fields(tops["outputs.toml"].entry, context, OUTPUTS)
        outputs = read_outputs(top, surveys, registry, report)
    programmes = _programmes(surveys, registry, outputs)
    corrections = _corrections(folder, context, programmes)
    series = _series(folder, context, programmes)
    if edition is not None and edition.detail_at is not None and "outputs.toml" in tops and not outputs.headline:
        place, way_out = Place("outputs.toml", field="headline"), "Name its indicators, or delete release.detail_at."
        report.error("E004", place, "no headline, and details that come later", "a headline to release first", way_out)
    if "figures.csv" in folder:
        sound = "outputs.toml" in tops and registry.whole and not surveys.unreadable and not outputs.breakdowns.broken
        check_figures("figures.csv", folder["figures.csv"], programmes if sound else None, report)
    texts = read_texts(folder, languages, report)
    if registry.whole and not surveys.unreadable and not outputs.breakdowns.broken:
        if not report.has_errors("outputs.toml"):
            check_live_texts(texts, programmes, report)
        check_themes(outputs.themes, programmes, report)
    simulated = any(survey.answers.kind == "simulated" for survey in declared)
    check_files(folder, [survey.instrument for survey in declared], simulated, report)
    if edition is not None:
        edition = replace(
            edition,
            surveys=_finished(surveys, programmes, designs, weightings),
            headline=outputs.headline,
            themes=outputs.themes,
            claims=outputs.claims,
            rules=outputs.rules,
            stricter=outputs.stricter,
            precision=outputs.precision,
            importance=outputs.importance,
            texts=texts,
            corrections=corrections,
            series=series,
            self_test=outputs.self_test,
        )
    return edition, report.problems


def _corrections(folder: Folder, context: Context, programmes: Mapping[str, Programme]) -> tuple[Correction, ...]:
    entry = read_toml(CORRECTIONS, folder[CORRECTIONS], context.report) if CORRECTIONS in folder else None
    return () if entry is None else read_corrections(Fields(entry, context, CORRECTION_KEYS), programmes)


def _series(folder: Folder, context: Context, programmes: Mapping[str, Programme]) -> Series:
    entry = read_toml(SERIES, folder[SERIES], context.report) if SERIES in folder else None
    if entry is None:
        return Series()
    return read_series(Fields(entry, context, SERIES_KEYS), programmes, folder, context.report)


def _open(name: str, folder: Folder, report: Report) -> Entry | None:
    if name not in folder:
        near = suggestion(name, [path for path in folder if path.endswith(".toml")])
        report.error("E001", Place(name), "no such file", "this file in every edition", near)
        return None
    return read_toml(name, folder[name], report)


def _frames(
    top: Fields | None, declared: tuple[SurveyHeader, ...], folder: Folder, report: Report
) -> dict[str, FrameRead]:
    used = frozenset(survey.frame for survey in declared)
    frames = read_frames(top, folder, used, report) if top else {}
    for survey in declared if top else ():
        if survey.frame and survey.frame not in frames:
            report.error(
                "E009",
                survey.fields.place("frame"),
                f"frame '{survey.frame}'",
                "a frame of frame.toml",
                suggestion(survey.frame, frames),
            )
    return frames


def _surveys(
    declared: tuple[SurveyHeader, ...],
    frames: Mapping[str, FrameRead],
    folder: Folder,
    languages: tuple[str, ...],
    report: Report,
    *,
    unreadable: bool,
) -> Surveys:
    surveys = {}
    for header in declared:
        frame = frames.get(header.frame, FrameRead())
        instrument, names = _instrument(header, frame, folder, languages, report)
        surveys[header.id] = SurveyRead(
            header.id,
            header.title,
            header.answers,
            header.fieldwork,
            header.margin_meaning,
            header.fields,
            frame,
            instrument,
            names,
        )
    return Surveys(surveys, unreadable)


def _instrument(
    header: SurveyHeader, frame: FrameRead, folder: Folder, languages: tuple[str, ...], report: Report
) -> tuple[Instrument | None, Names]:
    nothing = None, replace(frame.names, unreadable=True)
    path, place = header.instrument, header.fields.place("instrument")
    if not path:
        return nothing
    if path not in folder:
        near = suggestion(path, [one for one in folder if one.startswith("questionnaires/")])
        report.error("E009", place, f"the file '{path}'", "a questionnaire of the edition folder", near)
        return nothing
    if not path.lower().endswith((".yaml", ".yml", ".xlsx")):
        way_out = "Save the questionnaire in one of these formats."
        report.error("E007", place, f"'{path}'", "a file ending in .yaml or .xlsx", way_out)
        return nothing
    return read_questionnaire(path, folder[path], report, frame.names, languages)


def _by_survey(top: Fields | None, surveys: Surveys, known: tuple[str, ...], report: Report) -> dict[str, Fields]:
    """The table of each survey in design.toml or weighting.toml; missing and foreign tables are reported."""
    if top is None or surveys.unreadable:
        return {}
    for key in top.entries:
        if key not in surveys.by_id:
            report.error(
                "E009", top.place(key), f"survey '{key}'", "a survey of edition.toml", suggestion(key, surveys.by_id)
            )
    tables = {key: top.table(key, known, required=True) for key in surveys.by_id}
    return {key: table for key, table in tables.items() if table is not None}


def _designs(tops: Mapping[str, Fields], surveys: Surveys, report: Report) -> dict[str, Design]:
    tables = _by_survey(tops.get("design.toml"), surveys, DESIGN, report)
    designs = {}
    for key, fields in tables.items():
        survey = surveys.by_id[key]
        designs[key] = read_design(fields, survey.frame, report)
        sampled = designs[key].selection is Selection.STRATIFIED
        if fields.has("selection") and not sampled and not survey.fields.has("margin_meaning"):
            report.error(
                "E025",
                survey.fields.place("margin_meaning"),
                f'no margin_meaning, with selection = "{designs[key].selection.value}"',
                "a text on what margins of error mean where nobody was drawn",
                "Add margin_meaning to the survey in edition.toml.",
            )
    return designs


def _weightings(tops: Mapping[str, Fields], surveys: Surveys, report: Report) -> dict[str, Weighting]:
    tables = _by_survey(tops.get("weighting.toml"), surveys, WEIGHTING, report)
    return {key: read_weighting(fields, surveys.by_id[key].frame, report) for key, fields in tables.items()}


def _programmes(surveys: Surveys, registry: Registry, outputs: Outputs) -> dict[str, Programme]:
    return {
        key: Programme(
            survey=key,
            universes=tuple(registry.universes.get(key, {}).values()),
            indicators=tuple(registry.of(key).values()),
            breakdowns=tuple(outputs.breakdowns.of(key).values()),
            by={indicator: outputs.by.get(indicator, ()) for indicator in registry.of(key)},
            level=outputs.rules.level,
        )
        for key in surveys.by_id
    }


def _finished(
    surveys: Surveys,
    programmes: Mapping[str, Programme],
    designs: Mapping[str, Design],
    weightings: Mapping[str, Weighting],
) -> tuple[Survey, ...]:
    """The surveys all parts of which could be read."""
    return tuple(
        Survey(
            id=key,
            title=survey.title,
            instrument=survey.instrument,
            frame=survey.frame.frame,
            design=designs[key],
            weighting=weightings[key],
            answers=survey.answers,
            programme=programmes[key],
            fieldwork=survey.fieldwork,
            margin_meaning=survey.margin_meaning,
            codings=survey.codings,
        )
        for key, survey in surveys.by_id.items()
        if survey.instrument and survey.frame.frame and key in designs and key in weightings
    )
