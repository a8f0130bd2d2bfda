"""The questionnaire of a survey as a codebook: every variable with its question and codes, without any counts."""

from barometer.model import Edition, Selection, Survey, Text
from barometer.publication._language import language
from barometer.publication.open_data._ddi import CodebookValue, CodebookVariable, Study, write_ddi
from barometer.questionnaire import Variable, VariableMeasure, variables_of


def write_codebook(edition: Edition, survey: Survey) -> bytes:
    """DDI-Codebook 2.5 of a survey's instrument and variables, in all languages."""
    study = Study(
        id=f"{edition.id}/{survey.id}",
        title={code: f"{edition.title.get(code, '')}: {words}" for code, words in survey.title.items()},
        producer=edition.publisher.name,
        contact=edition.publisher.contact,
        licence=edition.publisher.licence,
        released=edition.release_at.date().isoformat(),
        abstract=_abstract(edition),
        period=(edition.period_start.isoformat(), edition.period_end.isoformat()),
        country=edition.country,
        unit=survey.frame.unit,
        universe=survey.frame.units_plural,
        collection=survey.fieldwork,
        sampling=_sampling(edition, survey),
        weighting=_weighting(edition, survey),
    )
    variables = [_variable(one) for one in variables_of({1: survey.measured})]
    return write_ddi(study, variables, edition.languages[0])


def _variable(one: Variable) -> CodebookVariable:
    values = [CodebookValue(str(part.number), _plain(part.label)) for part in one.categories]
    return CodebookVariable(
        one.name,
        _plain(one.label),
        _plain(one.question),
        tuple(values),
        continuous=one.measure is VariableMeasure.NUMBER,
        character=one.measure is VariableMeasure.TEXT,
        decimals=one.decimals,
        universe=one.universe,
        note="" if one.name == one.column else f"name in the questionnaire: {one.column}",
    )


def _plain(text: Text) -> Text:
    """Without marks of emphasis and line breaks."""
    return {code: " ".join(words.replace("**", "").split()) for code, words in text.items()}


def _abstract(edition: Edition) -> Text:
    return {
        code: " ".join(part for part in (words, edition.synthetic_note.get(code, "")) if part)
        for code, words in edition.purpose.items()
    }


def _sampling(edition: Edition, survey: Survey) -> Text:
    units = survey.frame.units_plural
    key = {Selection.CENSUS: "methods.census", Selection.REPORTED: "methods.reported"}.get(survey.design.selection)
    if key:
        return {code: language(code).say(key, units=units.get(code, "")) for code in edition.languages}
    strata = [survey.frame.column(name).label for name in survey.design.strata]
    spoken = [language(code) for code in edition.languages]
    return {one.code: one.say("methods.stratified", strata=one.listing(map(one.text, strata))) for one in spoken}


def _weighting(edition: Edition, survey: Survey) -> Text:
    key = "note.weighted" if survey.weighting.weighted else "note.not_weighted"
    units = survey.frame.units_plural
    return {code: language(code).say(key, units=units.get(code, "")) for code in edition.languages}
