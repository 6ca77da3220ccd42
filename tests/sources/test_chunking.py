"""Passages: inside one section, one an eligibility item, never longer than the embedder takes in, nothing lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.study import study

from rag.chunking import passages_of
from rag.criteria.items import find_items
from rag.sources.api_json import read_study
from rag.sources.build import build_document
from rag.types import Document, Passage

LIMIT = 60


def words(text: str) -> int:
    """A counter that a person can check: one token a word, one more for each eight letters."""
    return sum(1 + len(word) // 8 for word in text.split())


def document_of(**changes: str) -> Document:
    made = study()
    protocol = made["protocolSection"]
    protocol["eligibilityModule"]["eligibilityCriteria"] = changes.get(
        "criteria", protocol["eligibilityModule"]["eligibilityCriteria"]
    )
    protocol["descriptionModule"]["detailedDescription"] = changes.get("description", "Short.")
    protocol["identificationModule"]["briefTitle"] = changes.get("title", "A Short Title")
    return build_document(read_study(json.loads(json.dumps(made))), "a.json")


def check(document: Document, passages: tuple[Passage, ...], limit: int) -> None:
    for passage in passages:
        assert passage.text == passage.span.of(document.text) == passage.text.strip() != ""
        assert passage.passage_id == f"{document.trial_id}:{passage.span.start}-{passage.span.end}"
        assert words(passage.context) + words(passage.text) <= limit
        assert any(
            s.name == passage.section and s.span.start <= passage.span.start and passage.span.end <= s.span.end
            for s in document.sections
        )
    assert len({passage.passage_id for passage in passages}) == len(passages)
    assert list(passages) == sorted(passages, key=lambda passage: passage.span)


def uncovered(document: Document, passages: tuple[Passage, ...], start: int, end: int) -> str:
    covered = {at for passage in passages for at in range(passage.span.start, passage.span.end)}
    return "".join(c for at, c in enumerate(document.text[start:end], start) if at not in covered and not c.isspace())


def test_each_eligibility_item_is_one_passage() -> None:
    document = document_of()
    passages = passages_of(document, words, LIMIT)
    items = find_items(document)
    spans = [passage.span for passage in passages if passage.section in {item.section for item in items}]
    assert spans == sorted(item.span for item in items)
    check(document, passages, LIMIT)


def test_a_long_item_is_cut_at_sentences_and_covered() -> None:
    rule = "A rule has a part that says one thing at some length. " * 12
    document = document_of(criteria=f"Inclusion Criteria:\n\n* {rule}\n* A short rule")
    passages = passages_of(document, words, LIMIT)
    long, short = find_items(document)
    check(document, passages, LIMIT)
    assert not uncovered(document, passages, long.span.start, long.span.end)
    assert sum(long.span.start <= p.span.start < long.span.end for p in passages) >= 3
    assert short.span in [passage.span for passage in passages]


def test_the_context_line_names_trial_and_section_and_is_no_part_of_the_text() -> None:
    document = document_of()
    passage = next(p for p in passages_of(document, words, LIMIT) if p.section == "eligibility.exclusion")
    assert passage.context.startswith("A Short Title — Exclusion Criteria")
    assert passage.context not in document.text


def test_a_long_title_leaves_room_for_text() -> None:
    document = document_of(title="Title of many words " * 40)
    check(document, passages_of(document, words, LIMIT), LIMIT)


def test_an_arm_and_an_outcome_are_a_passage_each() -> None:
    document = document_of()
    passages = passages_of(document, words, LIMIT)
    for prefix, section in (("arm.", "arms"), ("outcome.", "outcomes")):
        entries = [f.span for f in document.fields if f.name.startswith(prefix) and f.name[-1].isdigit()]
        assert [p.span for p in passages if p.section == section] == entries


def test_a_limit_without_room_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        passages_of(document_of(), words, 3)


PROSE = st.text(st.sampled_from(list("abcdefgh  .;\n\n\t-*1é(")), max_size=900)


@given(criteria=PROSE, description=PROSE, limit=st.integers(12, 80))
def test_nothing_is_lost_and_nothing_is_too_long(criteria: str, description: str, limit: int) -> None:
    document = document_of(criteria=criteria, description=description)
    passages = passages_of(document, words, limit)
    check(document, passages, limit)
    for section in document.sections:
        if not section.name.startswith("eligibility."):
            assert not uncovered(document, passages, section.span.start, section.span.end), section
    for item in find_items(document):
        assert not uncovered(document, passages, item.span.start, item.span.end)
