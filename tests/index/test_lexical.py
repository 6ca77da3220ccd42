"""The word index against scores computed by hand: BM25 as in Robertson & Zaragoza 2009, k1 = 1.2, b = 0.75."""

from __future__ import annotations

from math import log
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from rag.errors import IndexUnusableError
from rag.lexical import Entry, Lexical, stems, stop_words, write_lexical

TEXTS = [
    ("NCT1", "eligibility.exclusion", "Estimated glomerular filtration rate below 60", "Kidney trial"),
    ("NCT1", "summary", "Renal impairments and creatinine", "Kidney trial"),
    ("NCT2", "eligibility.exclusion", "Platelet counts below 100", "Liver trial"),
    ("NCT2", "eligibility.inclusion", "platelets platelets platelets", "Liver trial"),
    ("NCT3", "summary", "Café visits", "Heart trial"),
]
ENTRIES = [Entry(number, *fields) for number, fields in enumerate(TEXTS)]


def made(folder: Path, entries: list[Entry]) -> Lexical:
    assert write_lexical(folder, entries) == len(entries)
    return Lexical(folder)


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    return made(tmp_path_factory.mktemp("lexical") / "words", ENTRIES)


def bm25(word: str, texts: list[list[str]], place: int) -> float:
    """One word's score in texts of these stems. Lengths are exact below 40 words, as tantivy keeps them."""
    holding = sum(word in text for text in texts)
    idf = log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
    count, average = texts[place].count(word), sum(map(len, texts)) / len(texts)
    return idf * 2.2 * count / (count + 1.2 * (0.25 + 0.75 * len(texts[place]) / average))


def test_scores_are_bm25(lexical: Lexical) -> None:
    words = [[s for w in text.split() for s in (stems(w) or [w.lower()])] for _, _, text, _ in TEXTS]
    for asked, stem in (("platelet", "platelet"), ("below", None), ("creatinine", "creatinin"), ("60", "60")):
        found = dict(lexical.search(asked, 10))
        expected = {n: bm25(stem, words, n) for n in range(5) if stem in words[n]} if stem else {}
        assert found == pytest.approx(expected, abs=2e-3)


def test_words_match_whatever_their_ending_case_or_accent(lexical: Lexical) -> None:
    assert [n for n, _ in lexical.search("CREATININES", 5)] == [1]
    assert [n for n, _ in lexical.search("cafe", 5)] == [4]
    assert {n for n, _ in lexical.search("platelets count", 5)} == {2, 3}


def test_a_word_of_the_title_counts_less_than_one_of_the_text(lexical: Lexical) -> None:
    found = dict(lexical.search("kidney creatinine", 5))
    assert list(found) == [1, 0]
    assert 0 < found[0] < found[1] / 2


def test_filters_apply_before_ranking_and_change_no_score(lexical: Lexical) -> None:
    everything = dict(lexical.search("platelets", 10))
    assert lexical.search("platelets", 1, sections=["eligibility.exclusion"]) == [(2, everything[2])]
    assert lexical.search("platelets", 10, trial_ids=["NCT1", "NCT3"]) == []
    assert dict(lexical.search("platelets", 10, trial_ids=["NCT2"])) == everything
    assert lexical.search("platelets", 10, trial_ids=[]) == lexical.search("platelets", 10, sections=[]) == []


def test_stop_words_and_signs_ask_nothing(lexical: Lexical) -> None:
    for text in ("", "  ", "which trials of the", "≥ < / ()", '" AND OR NOT : ^ ~ [TO]'):
        assert lexical.search(text, 5) == []
        assert lexical.with_all(text) == []
    assert lexical.search("platelets", 0) == []


def test_query_syntax_is_only_words(lexical: Lexical) -> None:
    assert lexical.search('text:"platelets"^9 -counts*', 9) == lexical.search("text platelets 9 counts", 9)


def test_all_words_of_a_phrase_must_stand_in_the_text(lexical: Lexical) -> None:
    assert lexical.with_all("count of platelets") == [2]
    assert lexical.with_all("platelet") == [2, 3]
    assert lexical.with_all("kidney") == []  # a title is not the text
    assert lexical.with_all("platelet creatinine") == []


def test_ties_stand_in_order_of_number(tmp_path: Path) -> None:
    entries = [Entry(number, "NCT1", "s", "the same platelets") for number in reversed(range(200))]
    lexical = made(tmp_path / "words", entries)
    for k in (1, 7, 50, 200, 300):
        assert [n for n, _ in lexical.search("platelets", k)] == list(range(min(k, 200)))


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    lexical = made(tmp_path / "words", [])
    assert len(lexical) == 0
    assert lexical.search("platelets", 5) == lexical.with_all("platelets") == []


def test_a_broken_index_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    with pytest.raises(IndexUnusableError, match="the word index is broken — run: rag index"):
        Lexical(tmp_path / "words")


def test_opening_changes_no_file_but_a_lock(tmp_path: Path) -> None:
    write_lexical(tmp_path / "words", ENTRIES)
    before = {path.name: path.read_bytes() for path in (tmp_path / "words").iterdir()}
    assert Lexical(tmp_path / "words").search("platelets", 5)
    after = {path.name: path.read_bytes() for path in (tmp_path / "words").iterdir()}
    assert {name: after[name] for name in before} == before
    assert all(name.startswith(".tantivy-") for name in after.keys() - before.keys())


def test_stop_words_are_lower_case_and_never_a_negation_of_content() -> None:
    assert all(word == word.lower() for word in stop_words())
    assert not stop_words() & {"renal", "exclude", "include", "dose", "women", "men", "age", "adult", "none"}


words = st.sampled_from(["renal", "platelet", "dose", "count", "visit", "kidney", "heart", "liver", "egfr", "hiv"])


@rules(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(words, max_size=6), min_size=1, max_size=12), st.lists(words, min_size=1, max_size=3))
def test_what_holds_a_word_is_found_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]],
                                                     asked: list[str]) -> None:
    entries = [Entry(number, "NCT1", "s", " ".join(text)) for number, text in enumerate(texts)]
    lexical = made(tmp_path_factory.mktemp("lexical") / "words", entries)
    found = lexical.search(" ".join(asked), len(texts))
    assert {n for n, _ in found} == {n for n, text in enumerate(texts) if set(text) & set(asked)}
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
    assert lexical.with_all(" ".join(asked)) == [n for n, text in enumerate(texts) if set(asked) <= set(text)]
