"""Sentences near what is asked that do not answer it."""

from __future__ import annotations

import pytest

from rag.answering.neighbours import names_a_place, neighbour_told, of_no_author, of_nothing_new
from rag.answering.unheld import not_held
from rag.types import Claim, Document, Intent, QueryPlan, Quote, Section, Span, TrialFacts


@pytest.mark.parametrize(
    ("question", "fact", "said", "lacks"),
    [
        ("How long is the wait?", "washout", "Runners aged 18 to 60 years take part.", True),
        ("How long is the wait?", "washout", "Runners are 30 to 40 years old.", True),
        ("How long is the wait?", "washout", "Runners aged 18 to 60 years wait for 3 weeks.", False),
        ("How many visits are there?", "visits", "A visit follows 30 days after the race.", True),
        ("How many visits are there?", "visits", "Four visits follow within 30 days.", False),
        ("How many minutes does it take?", "duration", "It takes 30 minutes.", False),
        ("What ferritin is needed?", "criterion:ferritin", "Ferritin is measured in the blood.", True),
        ("What ferritin is needed?", "criterion:ferritin", "Ferritin of 30 or more.", False),
        ("Where are the shoes made?", "sites", "Northport Hospital", True),
        ("Where does it take place?", "sites", "Northport Hospital", False),
        ("Who pays besides the club?", "sponsor", "Northport Running Club", True),
        ("Who pays?", "sponsor", "Northport Running Club", False),
        ("How many women tripped?", "enrollment", "Enrolment: 40", True),
        ("How many people caught a cold?", "enrollment", "Enrolment: 40", True),
        ("How many people enrolled?", "enrollment", "Enrolment: 40", False),
        ("How many people took part?", "enrollment", "Enrolment: 40", False),
        ("How many women tripped?", "enrollment", "Of 40 women 3 tripped.", False),
    ],
)
def test_a_neighbour_is_told_apart(question: str, fact: str, said: str, lacks: bool) -> None:
    document = Document("NCT09000008", "Running", said, (), (), TrialFacts(), (), "a.txt", "0" * 64)
    claim = Claim(f'NCT09000008: "{said}"', (Quote("NCT09000008", Span(0, len(said))),))
    assert bool(neighbour_told(document, _plan(question, fact), [claim])) is lacks


@pytest.mark.parametrize(
    ("question", "focus", "named"),
    [
        ("is there a site in lima?", ("lima",), True),
        ("a lyon site?", ("lyon",), True),
        ("Does Perth take part?", ("Perth",), True),
        ("do people stay in hospital after the race?", ("stay", "race"), False),
    ],
)
def test_a_place_is_named_where_places_stand(question: str, focus: tuple[str, ...], named: bool) -> None:
    assert names_a_place(QueryPlan(Intent.BOOLEAN, question, "", facts=("sites",), focus=focus)) is named


@pytest.mark.parametrize(
    ("question", "focus", "lacks"),
    [("With which other drug is it?", "drug", False), ("Where on the foot is it?", "foot", True)],
)
def test_a_list_of_arms_answers_which_drug_and_not_where(question: str, focus: str, lacks: bool) -> None:
    text = "Arms: insole alone, insole and salve. The drug is rubbed on the foot."
    document = Document("NCT09000008", "Running", text, (), (), TrialFacts(), (), "a.txt", "0" * 64)
    claim = Claim("NCT09000008: the arms are insole alone and insole and salve", (Quote("NCT09000008", Span(0, 36)),))
    plan = QueryPlan(Intent.FACT, question, "", facts=("arms",), focus=(focus,))
    assert bool(neighbour_told(document, plan, [claim])) is lacks


def test_the_sex_is_no_answer_to_what_men_need() -> None:
    document = Document("NCT09000008", "Running", "Sex: MALE", (), (), TrialFacts(), (), "a.txt", "0" * 64)
    claim = Claim("NCT09000008: the eligible sex is male", (Quote("NCT09000008", Span(0, 9)),))
    asked = QueryPlan(Intent.FACT, "Which ferritin do the men need?", "", facts=("sex", "criterion:ferritin"))
    assert neighbour_told(document, asked, [claim])
    assert not neighbour_told(document, _plan("Which sex is eligible?", "sex"), [claim])


@pytest.mark.parametrize(
    ("question", "said", "held"),
    [
        ("How many weeks pregnant must she be?", "Gestation of 20 weeks or more.", True),
        ("How many days lie between the races?", "The races are 3 days apart.", True),
        ("How many injections are given?", "The races are 3 days apart.", False),
    ],
)
def test_a_time_is_no_thing_that_is_counted(question: str, said: str, held: bool) -> None:
    document = Document("NCT09000008", "Running", said, (), (), TrialFacts(), (), "a.txt", "0" * 64)
    claim = Claim(f'NCT09000008: "{said}"', (Quote("NCT09000008", Span(0, len(said))),))
    assert (not_held(document, QueryPlan(Intent.FACT, question, "", facts=("schedule",)), [claim]) == "") is held


@pytest.mark.parametrize(
    ("question", "fact", "focus", "said", "lacks"),
    [
        ("Where on the foot does the chip sit?", "sites", ("foot", "chip"), "Northport Hospital", True),
        ("Where would my nephew have to travel?", "sites", ("nephew", "travel"), "Northport Hospital", False),
        ("Where in Northport is it?", "sites", ("Northport",), "Northport Hospital", False),
        ("How were runners shared out?", "arms", ("shared",), "Barefoot (experimental) and Shod (control)", True),
        ("Which arm runs barefoot?", "arms", ("barefoot",), "Barefoot (experimental) and Shod (control)", False),
        ("What is worn against blisters?", "interventions", ("worn", "blisters"), "Running shoes (device)", True),
        ("Which arms are there?", "arms", (), "Barefoot (experimental) and Shod (control)", False),
    ],
)
def test_a_list_is_no_answer_where_it_holds_nothing_of_what_is_asked(
    question: str, fact: str, focus: tuple[str, ...], said: str, lacks: bool
) -> None:
    told = f"{said}. A chip on the foot; the runners were shared out and had worn socks against blisters."
    document = Document("NCT09000008", "Running", told, (), (), TrialFacts(), (), "a.txt", "0" * 64)
    claim = Claim(f"NCT09000008: {said}", (Quote("NCT09000008", Span(0, len(said))),))
    plan = QueryPlan(Intent.FACT, question, "", facts=(fact,), focus=focus)
    assert bool(neighbour_told(document, plan, [claim])) is lacks


@pytest.mark.parametrize(
    ("question", "section", "lacks"),
    [
        ("Which plaster is used on blisters?", "eligibility.exclusion", True),
        ("Which plaster is used on blisters?", "description", False),
        ("Which plaster may not be used by those who join?", "eligibility.exclusion", False),
        ("What of blisters and plasters?", "eligibility.exclusion", False),
        ("Which definition of blisters is used?", "eligibility.exclusion", False),
    ],
)
def test_a_criterion_does_not_tell_what_is_done(question: str, section: str, lacks: bool) -> None:
    said = "No blisters under a plaster."
    sections = (Section(section, Span(0, len(said))),)
    document = Document("NCT09000008", "Running", said, sections, (), TrialFacts(), (), "a.txt", "0" * 64)
    claim = Claim(f'NCT09000008: "{said}"', (Quote("NCT09000008", Span(0, len(said))),))
    assert bool(neighbour_told(document, QueryPlan(Intent.PROSE, question, ""), [claim])) is lacks


def _plan(question: str, fact: str) -> QueryPlan:
    return QueryPlan(Intent.FACT, question, "", facts=(fact,))


@pytest.mark.parametrize(
    ("question", "focus", "criteria", "lacks"),
    [
        ("How heavy must a runner be?", "heavy", "A runner of 18 years or more.", True),
        ("How heavy must a runner be?", "heavy", "A weight of 50 kg or more.", False),
        ("What must a runner bring?", "bring", "A runner of 18 years or more.", False),
    ],
)
def test_a_list_without_what_is_asked_is_no_answer(question: str, focus: str, criteria: str, lacks: bool) -> None:
    document = Document("NCT09000008", "Running", criteria, (), (), TrialFacts(), (), "a.txt", "0" * 64)
    quote = Quote("NCT09000008", Span(0, len(criteria)))
    claim = Claim(f'NCT09000008, the 1 inclusion criteria: "{criteria}"', (quote,))
    plan = QueryPlan(Intent.FACT, question, "", facts=("inclusion",), focus=(focus,))
    assert bool(neighbour_told(document, plan, [claim])) is lacks


@pytest.mark.parametrize(
    ("question", "fact", "said", "nothing"),
    [
        ("Which dose of ginger?", "dose", "Other names: Ginger", True),
        ("Which dose of ginger?", "dose", "Intervention: ginger (DRUG)", True),
        ("Which dose of ginger?", "dose", "Ginger 20 mg", False),
        ("What is the drug?", "drug", "Intervention: ginger (DRUG)", False),
        ("Gauge of the coloured needles?", "device", "Coloured needles ii.", True),
    ],
)
def test_what_only_repeats_the_question_is_told_apart(question: str, fact: str, said: str, nothing: bool) -> None:
    assert of_nothing_new(_plan(question, fact), said) is nothing


@pytest.mark.parametrize(
    ("question", "said", "none"),
    [
        ("Who wrote the leaflet?", "The committee has approved the leaflet.", True),
        ("Who wrote the leaflet?", "The leaflet was drafted by two runners.", False),
        ("Who approved the leaflet?", "The committee has approved the leaflet.", False),
    ],
)
def test_who_wrote_a_thing_is_told_by_words_of_writing(question: str, said: str, none: bool) -> None:
    assert of_no_author(_plan(question, "oversight"), said) is none
