"""The note under a figure, generated from the release and the edition and never written by hand.

What the figure shows, the exact question, who was asked, base and n, why shares do not sum to 100, don't know and
missing answers, which differences are significant, weighting, what margins mean, marks and breaks.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from barometer.model import Indicator, Keep, Measure, Missing, Question, QuestionKind, Selection, Series, Survey, Text
from barometer.publication._cube import EMPTY, HIDDEN, NO_MARGIN, TOO_UNCERTAIN, UNCERTAIN, Contrast
from barometer.publication._figure import Figure, question_of
from barometer.publication._language import EN_DASH, Language

LISTED_DIFFERENCES = 12
"""Significant pairs told one by one; of more, only how many there are (the downloads have all)."""

PARAGRAPHS = (
    ("shows", "question", "asked", "base"),
    ("sum", "dont_know", "missing", "components", "merged", "marks", "breaks"),
    ("weighting", "margin", "synthetic"),
    ("significance",),
)


@dataclass(frozen=True)
class Sentence:
    """A part of a note. `kind` names what it tells ('question', 'base', ...)."""

    kind: str
    text: str

    @property
    def paragraph(self) -> int:
        """What and whom it is about, how to read the figures, how sure they are."""
        return next(place for place, kinds in enumerate(PARAGRAPHS) if self.kind in kinds)


def note(figure: Figure, language: Language) -> tuple[Sentence, ...]:
    """The whole note, in the order readers get it; `significance` comes last so that it can stand by itself."""
    parts = (
        ("shows", _shows(figure, language)),
        ("question", _questions(figure, language)),
        ("asked", _asked(figure, language)),
        ("base", _base(figure, language)),
        ("sum", _sum(figure, language)),
        ("dont_know", _dont_know(figure, language)),
        ("missing", _missing(figure, language)),
        ("components", _own_notes(figure, language)),
        ("merged", _merged(figure, language)),
        ("marks", _marks(figure, language)),
        ("breaks", _breaks(figure, language)),
        ("weighting", _weighting(figure, language)),
        ("margin", _margin(figure, language)),
        ("synthetic", [language.say("note.synthetic")] if figure.synthetic else []),
        ("significance", significance(figure, language)),
    )
    return tuple(Sentence(kind, " ".join(texts)) for kind, texts in parts if texts)


def break_words(series: Series, earlier: str, reason: Text, language: Language) -> str:
    """Against which edition a series breaks, and why."""
    return language.say("note.break", edition=edition_name(series, earlier, language), reason=language.text(reason))


def edition_name(series: Series, edition: str, language: Language) -> str:
    """What the series calls the edition; its id where it is not in the series."""
    return next((language.text(other.label) for other in series.others if other.id == edition), edition)


def significance(figure: Figure, language: Language) -> list[str]:
    """Which pairs of groups differ at the level of the edition, each pair tested on its own; empty when the figure
    compares no groups."""
    if figure.breakdown is None:
        return []
    pairs = [contrast for contrast in figure.contrasts if contrast.p is not None]
    if not pairs:
        return [language.say("significance.untested")]
    level = language.number(figure.level, 2)
    found = [pair for pair in pairs if pair.p is not None and pair.p < figure.level]
    if len(pairs) == 1:
        return [_one_pair(figure, language, pairs[0], level)]
    if not found:
        return [language.say("significance.none", pairs=language.number(len(pairs)), level=level)]
    said = [language.count_of("significance.found", len(found), pairs=language.number(len(pairs)), level=level)]
    if len(found) <= LISTED_DIFFERENCES:
        said += _higher(figure, language, found)
        said += [language.say("significance.rest")] if len(found) < len(pairs) else []
    holm = sum(pair.p_holm is not None and pair.p_holm < figure.level for pair in pairs)
    if len(pairs) > 3:
        said.append(adjusted(language, holm, len(pairs)))
    return said


def adjusted(language: Language, holm: int, pairs: int) -> str:
    """How many significant differences remain when all tests are taken together."""
    tests = language.number(pairs)
    if not holm:
        return language.say("significance.holm_none", pairs=tests)
    return language.count_of("significance.holm", holm, pairs=tests)


def _one_pair(figure: Figure, language: Language, pair: Contrast, level: str) -> str:
    p = language.p_value(pair.p or 0.0)
    if pair.p is None or pair.p >= figure.level:
        return language.say("significance.one_not", p=p, level=level)
    turned = pair if pair.difference > 0 else pair.turned()
    names = _names(figure, language)
    return language.say("significance.one", high=names[turned.cell_a], low=names[turned.cell_b], p=p)


def _higher(figure: Figure, language: Language, found: Iterable[Contrast]) -> list[str]:
    """'“State” is higher than “Municipality” and “Region”.', one sentence for each higher group."""
    names = _names(figure, language)
    lower: dict[str, list[str]] = {}
    for pair in found:
        turned = pair if pair.difference > 0 else pair.turned()
        lower.setdefault(turned.cell_a, []).append(names[turned.cell_b])
    order = {code: place for place, code in enumerate(names)}
    return [
        language.say("significance.higher", high=names[high], low=language.listing(lower[high]))
        for high in sorted(lower, key=lambda code: order[code])
    ]


def _names(figure: Figure, language: Language) -> Mapping[str, str]:
    """Labels of the groups in quotation marks: they are names, no parts of the sentence, and may have 'and', commas or
    a plural of their own."""
    assert figure.breakdown is not None
    return {
        category.code: language.say("note.quoted", words=language.text(category.label))
        for category in figure.breakdown.categories
    }


def _shows(figure: Figure, language: Language) -> list[str]:
    measure = figure.indicators[0].measure.value
    if figure.breakdown is None:
        key = "note.shows_several" if len(figure.indicators) > 1 else f"note.shows_{measure}"
        return [language.say(key, subject=language.text(figure.indicators[0].label), noun=_noun(figure, language))]
    return [
        language.say(
            f"note.shows_{measure}_by",
            subject=language.text(figure.indicators[0].label),
            noun=_noun(figure, language),
            breakdown=language.text(figure.breakdown.label),
        )
    ]


def _questions(figure: Figure, language: Language) -> list[str]:
    asked = list(dict.fromkeys(question_words(figure.survey, one, language) for one in _sources(figure)))
    asked = [words for words in asked if words]
    if not asked:
        return []
    if len(asked) > 4:
        return [language.say("note.questions_many")]
    key = "note.question" if len(asked) == 1 else "note.questions"
    return [language.say(key, question=" ".join(asked))]


def question_words(survey: Survey, indicator: Indicator, language: Language) -> str:
    """The question as asked, in quotation marks, with the item of a grid; '' for a union."""
    question, item = question_of(survey, indicator)
    if question is None:
        return ""
    words = language.text(question.text)
    if item:
        words += f" {EN_DASH} " + next(language.text(row.label) for row in question.items if row.code == item)
    return language.say("note.quoted", words=words)


def _sources(figure: Figure) -> list[Indicator]:
    """The indicators that stand on a question, components in place of unions."""
    programme = figure.survey.programme
    found: list[Indicator] = []
    for indicator in figure.indicators:
        parts = [programme.indicator(part) for part in indicator.components]
        found += [indicator] if indicator.question or not parts else parts
    return found


def _asked(figure: Figure, language: Language) -> list[str]:
    return [language.say("note.asked", universe=language.text(figure.universe.label))]


def _base(figure: Figure, language: Language) -> list[str]:
    bases = [row.cell.n for row in figure.rows if row.cell.n is not None and (row.whole or not figure.breakdown)]
    if not bases:
        return [language.say("note.base_hidden")]
    low, high = min(bases), max(bases)
    n = language.number(high) if low == high else f"{language.number(low)}{EN_DASH}{language.number(high)}"
    return [language.say("note.base", n=n, noun=_noun(figure, language))]


def _sum(figure: Figure, language: Language) -> list[str]:
    """Why shares do not sum to 100; nothing where they do, or where nobody would expect it."""
    if figure.indicators[0].measure is not Measure.SHARE:
        return []
    if figure.breakdown is not None:
        said = [language.say("note.sum_groups")]
        return [*said, language.say("note.sum_overlapping")] if figure.breakdown.overlapping else said
    if len(figure.indicators) == 1:
        return []
    questions = {one.question.partition(".")[0]: one for one in _sources(figure)}
    question, _ = question_of(figure.survey, next(iter(questions.values())))
    if len(questions) > 1 or question is None:
        return [language.say("note.sum_questions")]
    return _sum_of_question(figure, language, question)


def _sum_of_question(figure: Figure, language: Language, question: Question) -> list[str]:
    if question.kind is QuestionKind.MULTI:
        if question.maximum:
            return [language.say("note.sum_multi_max", maximum=language.number(question.maximum))]
        return [language.say("note.sum_multi")]
    if question.kind is QuestionKind.GRID:
        return [language.say("note.sum_grid")]
    values = [row.cell.value for row in figure.rows]
    shown = [value for value in values if value is not None]
    if len(shown) < len(values) or sum(shown) < 0.995:
        return [language.say("note.sum_not_all")]
    if sum(shown) > 1.005:
        return [language.say("note.sum_parts")]
    rounded = sum(int(value * 100 + 0.5) for value in shown)
    return [] if rounded == 100 else [language.say("note.sum_rounding")]


def _dont_know(figure: Figure, language: Language) -> list[str]:
    """Don't know as counts of everyone, and whether it is in the denominator. Only where it could be answered."""
    asked = [one for one in figure.indicators if _offers(figure.survey, one, Missing.DONT_KNOW)]
    if not asked:
        return _not_relevant(figure, language)
    policies = {one.dont_know for one in asked}
    said = [_dont_know_counts(figure, asked, language)]
    said += [language.say(f"note.dont_know_{policy.value}") for policy in Keep if policies == {policy}]
    return said + _not_relevant(figure, language)


def _dont_know_counts(figure: Figure, asked: list[Indicator], language: Language) -> str:
    ids = {one.id for one in asked}
    rows = [row for row in figure.rows if row.indicator.id in ids and (row.whole or not figure.breakdown)]
    shares = []
    for row in rows:
        if row.cell.n_dont_know is None or row.cell.n is None:
            return language.say("note.dont_know_hidden")
        inside = row.indicator.dont_know is Keep.IN
        everyone = row.cell.n if inside else row.cell.n + row.cell.n_dont_know
        shares.append((row.cell.n_dont_know, row.cell.n_dont_know / everyone if everyone else 0.0))
    low, high = min(shares), max(shares)
    if not high[0]:
        return language.say("note.dont_know_none")
    if low == high:
        return language.count_of("note.dont_know", low[0], share=language.percent(low[1]))
    share = language.percent_interval(low[1], high[1])
    return language.say("note.dont_know_range", low=language.number(low[0]), high=language.number(high[0]), share=share)


def _not_relevant(figure: Figure, language: Language) -> list[str]:
    policies = {one.not_relevant for one in figure.indicators if _offers(figure.survey, one, Missing.NOT_RELEVANT)}
    return [language.say(f"note.not_relevant_{policy.value}") for policy in Keep if policies == {policy}]


def _offers(survey: Survey, indicator: Indicator, missing: Missing) -> bool:
    question, _ = question_of(survey, indicator)
    return question is not None and any(choice.missing is missing for choice in question.choices)


def _missing(figure: Figure, language: Language) -> list[str]:
    counts = {row.cell.n_missing for row in figure.rows if row.whole or not figure.breakdown}
    if None in counts:
        return [language.say("note.missing_hidden")]
    known = sorted(count for count in counts if count is not None)
    if not known:
        return []
    if known[-1] == 0:
        return [language.say("note.missing_none")]
    if len(known) == 1:
        return [language.count_of("note.missing", known[0])]
    return [language.say("note.missing_range", low=language.number(known[0]), high=language.number(known[-1]))]


def _own_notes(figure: Figure, language: Language) -> list[str]:
    """Which indicators a union counts, and what the edition wants readers to know."""
    said = []
    for indicator in figure.indicators if len(figure.indicators) == 1 else ():
        if indicator.components:
            parts = [language.text(figure.survey.programme.indicator(part).label) for part in indicator.components]
            said.append(
                language.say(
                    "note.components", parts=language.listing(language.say("note.quoted", words=part) for part in parts)
                )
            )
        if indicator.note:
            said.append(language.text(indicator.note))
    return said


def _weighting(figure: Figure, language: Language) -> list[str]:
    if not figure.survey.weighting.weighted:
        return [language.say("note.not_weighted")]
    return [language.say("note.weighted", units=language.text(figure.survey.frame.units_plural))]


def _margin(figure: Figure, language: Language) -> list[str]:
    if all(row.cell.ci_low is None for row in figure.rows):
        return []
    said = [language.say("note.margin", confidence=language.percent(1 - figure.level))]
    meaning = language.text(figure.survey.margin_meaning)
    if meaning:
        return [*said, meaning]
    if figure.survey.design.selection is Selection.STRATIFIED:
        said.append(language.say("note.margin_sample"))
    return said


def _marks(figure: Figure, language: Language) -> list[str]:
    marks = Counter(row.cell.status or row.cell.quality for row in figure.rows)
    order = (HIDDEN, EMPTY, TOO_UNCERTAIN, UNCERTAIN, NO_MARGIN)
    kept = any(row.cell.as_in_release for row in figure.rows)
    said = [language.say(f"explain.{mark}") for mark in order if marks[mark]]
    return said + ([language.say("explain.kept")] if kept else [])


def _merged(figure: Figure, language: Language) -> list[str]:
    """Which categories are shown together, in the words of the edition."""
    return [language.text(figure.breakdown.footnote)] if figure.breakdown and figure.breakdown.footnote else []


def _breaks(figure: Figure, language: Language) -> list[str]:
    return [
        break_words(figure.series, edition, reason, language)
        for indicator in figure.indicators
        for edition, reason in indicator.breaks.items()
    ]


def _noun(figure: Figure, language: Language) -> str:
    return language.text(figure.universe.noun)
