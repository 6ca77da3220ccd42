"""The sentence of a record that answers: its words choose, and what a model makes of it decides between the best."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.study import study

from rag.answering.choosing import MOST, choose, kinds_asked, kinds_held, unnamed
from rag.embedding import PACKAGED
from rag.ingest import build_index
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Intent, QueryPlan

_PROSE = (
    "The air of the bedroom is filtered at night. The unit changes it two to three times an hour. "
    "Parents keep a diary of the bedroom. Nurses visit at week 4."
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    made = study()
    made["protocolSection"]["descriptionModule"]["detailedDescription"] = _PROSE
    folder = tmp_path_factory.mktemp("choosing")
    record = folder / "study.json"
    record.write_text(json.dumps(made), encoding="utf-8")
    settings = Settings(index=folder / "index")
    build_index([record], settings, vectors=False)
    return open_snapshot(settings.index, settings)


def _plan(question: str, *focus: str) -> QueryPlan:
    return QueryPlan(Intent.PROSE, question, "", focus=focus)


def _best(snapshot: Snapshot, question: str, wanted: str = "") -> tuple[str, float]:
    def likeness(_: str, texts: Sequence[str]) -> tuple[float, ...]:
        return tuple(0.9 if wanted in text else 0.1 for text in texts)

    document = snapshot.document(snapshot.trial_ids[0])
    ranking = choose(document, _plan(question, "bedroom"), likeness=likeness if wanted else None)
    return ranking.found[0].text, ranking.told["likeness"]


def test_a_model_decides_between_sentences_of_the_same_words(snapshot: Snapshot) -> None:
    question = "What is kept or done in the bedroom?"
    assert _best(snapshot, question, "filtered") == ("The air of the bedroom is filtered at night.", 0.9)
    assert _best(snapshot, question, "diary") == ("Parents keep a diary of the bedroom.", 0.9)


@pytest.mark.parametrize(("lead", "best"), [(0.2, "The air of the bedroom is filtered at night."), (6.0, "")])
def test_meaning_outweighs_the_words_where_it_leads_by_far(snapshot: Snapshot, lead: float, best: str) -> None:
    def likeness(_: str, texts: Sequence[str]) -> tuple[float, ...]:
        return tuple(0.0 if "bedroom" in text else lead for text in texts)

    document = snapshot.document(snapshot.trial_ids[0])
    ranking = choose(document, _plan("How is the air of the bedroom filtered?", "air", "bedroom"), likeness=likeness)
    assert (ranking.found[0].text == best) == bool(best)
    alone = choose(document, _plan("How is the air of the bedroom filtered?", "air", "bedroom"))
    assert not best or ranking.score == pytest.approx(alone.score)  # what the words tell is told on the same scale


def test_without_a_model_every_sentence_is_as_likely_by_it(snapshot: Snapshot) -> None:
    assert _best(snapshot, "How is the air of the bedroom filtered?") == (
        "The air of the bedroom is filtered at night.",
        0.0,
    )


def test_the_likelihoods_of_those_looked_at_twice_sum_to_one(tmp_path: Path) -> None:
    made = study()
    made["protocolSection"]["descriptionModule"]["detailedDescription"] = " ".join(
        f"Nurses visit at week {week}." for week in range(1, 2 * MOST)
    )
    record = tmp_path / "study.json"
    record.write_text(json.dumps(made), encoding="utf-8")
    settings = Settings(index=tmp_path / "index")
    build_index([record], settings, vectors=False)
    long = open_snapshot(settings.index, settings)
    ranking = choose(long.document(long.trial_ids[0]), _plan("When do nurses visit?", "nurses", "visit"))
    assert len(ranking.found) == len(ranking.units) == MOST
    assert sum(one.score for one in ranking.found) == pytest.approx(1)
    assert [one.score for one in ranking.found] == sorted((one.score for one in ranking.found), reverse=True)


def test_the_packaged_model_finds_a_sentence_said_in_other_words(snapshot: Snapshot) -> None:
    likeness = snapshot.likeness()
    assert likeness is not None
    near, far = likeness("How often is the room ventilated?", ["The unit changes it three times an hour.", "Age 18."])
    assert near > far
    assert near == round(near, 2)
    assert likeness("How often?", ["word " * 600]) == likeness("How often?", ["word " * 700])  # read as far as it fits


def test_another_model_is_not_asked(snapshot: Snapshot) -> None:
    other = open_snapshot(snapshot.folder.parent.parent, Settings(embedder="fake"))
    assert other.likeness() is None
    assert Settings().embedder == PACKAGED


@pytest.mark.parametrize(
    ("question", "names", "asked"),
    [
        ("How is KITE-2 masked?", ["KITE-2"], "How is the study masked?"),
        ("What does Oslo's trial of KITE give?", ["KITE", "Oslo's trial of KITE"], "What does the study give?"),
        ("Which drug is given?", [], "Which drug is given?"),
        ("KITE-2: which drug is given?", ["KITE-2"], "which drug is given?"),
        ("KITE-2 - which drug is given?", ["KITE-2"], "which drug is given?"),
        ("Which drug is given? (KITE-2)", ["KITE-2"], "Which drug is given?"),
    ],
)
def test_a_question_is_asked_of_the_study_whatever_it_is_called(question: str, names: list[str], asked: str) -> None:
    assert unnamed(question, names) == asked


@pytest.mark.parametrize(
    ("question", "kind", "sentence", "gives"),
    [
        ("How often are the shoes weighed?", "frequency", "Shoes are weighed every 3 weeks.", True),
        ("How often are the shoes weighed?", "frequency", "Shoes are weighed after 3 weeks.", False),
        ("How long is the race?", "length", "The race lasts 3 hours.", True),
        ("How long is the race?", "length", "A 3-hour race follows.", True),
        ("How long is the race?", "length", "The race starts after 3 hours.", False),
        ("At which weeks do they run?", "moment", "They run at weeks 3 and 9.", True),
        ("At which weeks do they run?", "moment", "They run for the club.", False),
        ("Who weighs the shoes?", "person", "Shoes are weighed by a coordinator.", True),
        ("Who weighs the shoes?", "person", "Shoes of at least 300 g.", False),
        ("Where are the shoes kept?", "place", "Shoes stay in the clinic.", True),
        ("Where are the shoes kept?", "place", "Shoes are kept at Northport.", True),
        ("Where are the shoes kept?", "place", "Shoes are kept dry.", False),
    ],
)
def test_a_sentence_gives_the_kind_that_is_asked_for(question: str, kind: str, sentence: str, gives: bool) -> None:
    assert kind in kinds_asked(question)
    assert (kind in kinds_held((kind,), sentence)) is gives
