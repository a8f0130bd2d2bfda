"""A respondent without plan walks through questionnaires nobody has written, page by page, as a browser would."""

import random
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from django.db import transaction
from fielded import LANGUAGES, REGISTER, Respondent, choices, field_collection, fields_in, published, say
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from barometer.edition import answer_scope
from barometer.expressions import parse_condition, parse_number
from barometer.model import Instrument, Item, Missing, Page, Question, QuestionKind, Required, Section
from barometer.problems import Place
from barometer.questionnaire import on_path, path
from barometer.simulation import random_answers
from barometer.web.fieldwork.forms import form_fields
from barometer.web.fieldwork.models import Response, Submission
from examples import examples

pytestmark = pytest.mark.django_db
UNIT = {"sector": "state", "employees": 10}
REGISTER_ROW = pl.DataFrame([UNIT])
EACH_ROLLED_BACK = [HealthCheck.function_scoped_fixture]  # every example undoes what it wrote


class Author:
    """Writes questionnaires with routes that hang on the register and on earlier answers."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.earlier: list[Question] = []

    def instrument(self) -> Instrument:
        sections = (
            tuple(Section(one, say(f"Section {one}")) for one in ("a", "b")) if self.chance.random() < 0.5 else ()
        )
        pages = tuple(self._page(number, sections) for number in range(self.chance.randint(1, 5)))
        return published(Instrument("any", "1", say("Any"), LANGUAGES, pages, sections=sections))

    def _page(self, number: int, sections: tuple[Section, ...]) -> Page:
        when = self._route()
        questions = tuple(self._question(f"q{number}{place}") for place in range(self.chance.randint(1, 4)))
        section = self.chance.choice(sections).id if sections else ""
        return Page(f"page{number}", say(f"Page {number}"), questions, when, section)

    def _question(self, name: str) -> Question:
        kind = self.chance.choice(list(QuestionKind))
        question = Question(
            name, kind, say(f"About {name}"), required=self.chance.choice(list(Required)), when=self._route()
        )
        if kind in (QuestionKind.SINGLE, QuestionKind.MULTI, QuestionKind.GRID, QuestionKind.RANKING):
            missing = {} if kind is QuestionKind.RANKING else {"dont_know": Missing.DONT_KNOW}
            offered = choices("a", "b", "c", **missing)
            opens = kind in (QuestionKind.SINGLE, QuestionKind.MULTI) and self.chance.random() < 0.3
            routed = replace(offered[1], when=self._route(), opens_text=opens)
            question = replace(question, choices=(offered[0], routed, *offered[2:]))
        if kind in (QuestionKind.GRID, QuestionKind.SHARES):
            items = tuple(Item(f"i{number}", say(f"Item {number}")) for number in range(3))
            question = replace(question, items=(*items[:2], replace(items[2], when=self._route())))
        if kind is QuestionKind.SHARES:
            question = replace(question, total=100.0)
        if kind is QuestionKind.COMPUTED:
            question = replace(question, expression=parse_number("employees / 2", REGISTER, Place()), decimals=1)
        if kind in (QuestionKind.COMPUTED, QuestionKind.INFORMATION):
            question = replace(question, required=Required.NO)
        elif not question.choices and kind is not QuestionKind.CONSENT and self.chance.random() < 0.5:
            question = replace(question, missing=tuple(Missing))
        self.earlier.append(question)
        return question

    def _route(self):  # type: ignore[no-untyped-def]
        """A condition on what is known so far, or none."""
        if self.chance.random() < 0.5:
            return None
        known = [
            one for one in self.earlier if one.kind in (QuestionKind.SINGLE, QuestionKind.MULTI, QuestionKind.NUMBER)
        ]
        scope = {
            **REGISTER,
            **answer_scope(Instrument("x", "1", say("x"), ("en",), (Page("p", say("p"), tuple(known)),))),
        }
        one = self.chance.choice([*known, None])
        if one is None:
            source = self.chance.choice(["sector == 'state'", "employees > 10"])
        elif one.kind is QuestionKind.NUMBER:
            source = f"not {one.id} > 50"
        elif one.kind is QuestionKind.MULTI:
            source = f"'a' in {one.id}"
        else:
            source = f"{one.id} == 'a'"
        return parse_condition(source, scope, Place())


class Walker(Respondent):
    """Answers every page with the values given, and goes on."""

    def walk(
        self, instrument: Instrument, values: dict[str, object], language: str = "en", *, rests: bool = False
    ) -> list[str]:
        """Pages met until the overview."""
        met: list[str] = []
        for _ in range(4 * len(instrument.pages) + 4):
            if self.page == "review":
                return met
            name = self.page.removeprefix("p/")
            if met[-1:] != [name]:
                met.append(name)
            if rests:
                self.answer("leave", **self._fields(instrument, name, values, language))
                self.start(language)
                assert self.page == f"p/{name}", "resumed elsewhere"
            self.answer("confirm", **self._fields(instrument, name, values, language))
        raise AssertionError(f"a dead end at {self.page}: {self.words}")

    def _fields(self, instrument: Instrument, name: str, values: dict[str, object], language: str) -> dict[str, object]:
        """What the person has typed: every field of the page the way these values need it."""
        questions = next(page for page in instrument.pages if page.id == name).questions
        wanted = {}
        for question in questions:
            wanted.update(form_fields(question, values, {}, language))
        shown = fields_in(self.text)
        fixed = ("csrfmiddlewaretoken", "response", "once", "revision", "shown", "rendered_at", "back")
        return {**{field: [] for field in shown if field not in fixed}, **wanted}


def answers_of(instrument: Instrument, seed: int) -> dict[str, object]:
    return dict(random_answers(instrument, REGISTER_ROW, np.random.default_rng(seed))[0])


def plain(values: dict[str, object], instrument: Instrument) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value, tuple | set | frozenset) else value
        for name, value in values.items()
        if name in instrument.names
    }


@examples(25, suppress_health_check=EACH_ROLLED_BACK)
@given(chance=st.randoms(use_true_random=False), seed=st.integers(0, 10_000))
def test_any_questionnaire_can_be_walked_through_by_its_model(chance: random.Random, seed: int) -> None:
    with transaction.atomic():
        instrument = Author(chance).instrument()
        first, second = answers_of(instrument, seed), answers_of(instrument, seed + 1)
        collection = field_collection(instrument, survey=f"walk{chance.random()}")
        one = Walker(collection.cases.get())
        one.start()
        expected = [page.id for page in path(instrument, {**UNIT, **first}).pages]
        assert one.walk(instrument, first) == expected, "every page of the path, in order, and no other"

        if expected:  # change everything; what was answered before must not count
            one.get(f"/r/{one.public_id}/p/{expected[0]}")
            one.walk(instrument, second, rests=True)
        last = second if expected else first
        one.post(one.url, {})
        assert one.page == "receipt", one.words
        submission = Submission.objects.get(response__collection=collection.pk)
        whole = {**first, **last}
        stored = Response.objects.get(collection=collection.pk)
        assert submission.values == plain(on_path(instrument, {**UNIT, **stored.values}), instrument)
        assert submission.values == plain(on_path(instrument, {**UNIT, **last}), instrument), (whole, stored.values)
        transaction.set_rollback(True)


@examples(10, suppress_health_check=EACH_ROLLED_BACK)
@given(chance=st.randoms(use_true_random=False), seed=st.integers(0, 10_000))
def test_all_languages_take_the_same_path(chance: random.Random, seed: int) -> None:
    with transaction.atomic():
        instrument = Author(chance).instrument()
        values = answers_of(instrument, seed)
        taken, handed_in = [], []
        for language in LANGUAGES:
            collection = field_collection(instrument, survey=f"walk{language}{chance.random()}")
            one = Walker(collection.cases.get())
            one.start(language)
            taken.append(one.walk(instrument, values, language))
            one.post(one.url, {})
            handed_in.append(Submission.objects.get(response__collection=collection.pk).values)
        assert all(one == taken[0] for one in taken) and all(one == handed_in[0] for one in handed_in)
        transaction.set_rollback(True)
