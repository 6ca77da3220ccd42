"""Words that stand for the same thing, and when a sentence is told: alone, beside what rules found, or not at all."""

from __future__ import annotations

import pytest

from rag.answering.alike import abbreviations, others_of, same_words
from rag.answering.focus import focus_on
from rag.answering.weighing import is_foreign, limits, load_weighing, things_asked
from rag.evidence.stems import stem
from rag.types import Intent, QueryPlan

_TEXT = "The maximum tolerated dose (MTD) is the dose before that. Six-minute walk test (6MWT) at week 4."

_ALIKE = [("shot", "injection"), ("kid", "paediatric"), ("gap", "apart"), ("swallow", "ingest"), ("dummy", "placebo")]


@pytest.mark.parametrize(("asked", "said"), _ALIKE)
def test_everyday_words_stand_for_those_of_a_record(asked: str, said: str) -> None:
    assert stem(said) in others_of(stem(asked), _TEXT)
    assert stem(asked) in others_of(stem(said), _TEXT)


def test_an_abbreviation_stands_for_the_words_that_spell_it_out() -> None:
    assert abbreviations(_TEXT)[stem("MTD")] == {stem("maximum"), stem("tolerated"), stem("dose")}
    assert stem("MTD") in others_of(stem("tolerated"), _TEXT)


def test_no_word_stands_for_itself() -> None:
    assert all(one not in others for one, others in same_words().items())


@pytest.mark.parametrize(
    ("broken", "absent", "score", "foreign"),
    [(1.0, 0.5, 0.6, True), (1.0, 0.5, 1.4, False), (1.0, 0.2, 0.6, False), (0.0, 1.0, 0.6, False)],
)
def test_a_name_of_which_half_stands_nowhere_is_foreign(
    broken: float, absent: float, score: float, foreign: bool
) -> None:
    assert is_foreign({"broken": broken, "absent": absent, "score": score}) is foreign


def test_what_speaks_against_a_sentence_weighs_against_it() -> None:
    weights = load_weighing()["alone"]
    assert weights["likely"] > 0 > weights["kind_missing"]
    assert weights["held"] > 0 > weights["absent"]


def test_a_sentence_in_place_of_a_field_must_be_surer_than_one_beside_it() -> None:
    assert 0 < limits().beside < limits().instead < limits().surely < 1
    assert limits().whole < limits().alone < limits().surely


@pytest.mark.parametrize(
    ("words", "things"),
    [(("enzyme", "counted"), ("enzyme",)), (("pump", "worn"), ("pump",))],
)
def test_no_record_is_missed_to_use_the_verbs_of_the_asker(words: tuple[str, ...], things: tuple[str, ...]) -> None:
    assert things_asked(QueryPlan(Intent.PROSE, "", "", focus=words), focus_on(words)) == things
