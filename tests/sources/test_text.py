"""fold(): the same meaning in readable signs, and every folded offset leads back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import fold

READINGS = [
    (r"eGFR \<60 mL/min", "eGFR <60 mL/min"),
    (r"\>= 18, =< 2, > = 5", "≥ 18, ≤ 2, ≥ 5"),
    (r"\</= 4 and >/=3", "≤ 4 and ≥3"),
    ("> or = 18", "≥ 18"),
    ("QTc &lt; 450 and \\&amp;gt;= 3", "QTc < 450 and ≥ 3"),
    ("x&#8805;5&nbsp;mg", "x≥5 mg"),
    ("R&amp;D, AT&T; &unknown;", "R&D, AT&T; &unknown;"),
    ("≧ 3, ⩾ 4, ≦5, ＜ 6", "≥ 3, ≥ 4, ≤5, < 6"),
    ("BMI Â³30 kg/m²", "BMI ≥30 kg/m2"),
    ("Age ³ 18, creatinine £ 1.5", "Age ≥ 18, creatinine ≤ 1.5"),
    ("pressure â‰¥ 18", "pressure ≥ 18"),
    ("10⁹/L, 10 ⁹/L, 3×10³/µL", "10^9/L, 10 ^9/L, 3x10^3/µL"),
    ("mL min⁻¹ 1.73m²", "mL min-1 1.73m2"),
    ("5 μmol", "5 µmol"),
    ("100´ 109/L", "100x 109/L"),
    ("the patient´s age", "the patient's age"),
    ("（male）＞430㎎", "(male)>430mg"),
    ("① adult ② consent", "(1) adult (2) consent"),
    ("grade Ⅲ–Ⅳ", "grade III-IV"),
    ("1½ hours or ½ hour", "1.5 hours or 0.5 hour"),
    ("СD4 count", "CD4 count"),
    ("soft\u00adhyphen\u200b", "softhyphen"),
    ("a\u202eb", "ab"),
    ("10<sup>9</sup>/L", "10^9/L"),
    # What must stay as it is.
    ("p < 0.05 and > 3", "p < 0.05 and > 3"),
    ("109/L", "109/L"),
    ("naïve Sjögren café®", "naïve Sjögren café®"),
    ("line one\nline two", "line one\nline two"),
    ("Recombinant IFN-γ", "Recombinant IFN-γ"),
    ("m³ and 5 m³", "m3 and 5 m3"),
]


@pytest.mark.parametrize(("text", "reading"), READINGS)
def test_reading_keeps_the_meaning(text: str, reading: str) -> None:
    assert fold(text).text == reading


def test_span_of_a_folded_sign_takes_the_whole_original_sign() -> None:
    text = r"eGFR \<60 mL/min"
    folded = fold(text)
    at = folded.text.index("<60")
    assert folded.span(at, at + 3).of(text) == r"\<60"


def test_deleted_signs_at_the_edges_are_left_out_of_a_span() -> None:
    text = "a\u200bbc\u200bd"
    folded = fold(text)
    assert folded.span(1, 3).of(text) == "bc"


DIRTY = st.text(st.sampled_from(list("ab 12<>=\\&;ltgamp#³Â£≥≧⁹²½´САâ‰¥\u200b\u00a0\t\r\n（①")), max_size=60)


@given(st.one_of(DIRTY, st.text(max_size=60)))
def test_every_folded_offset_maps_back_into_the_original(text: str) -> None:
    folded = fold(text)
    last = 0
    for at in range(len(folded.text)):
        span = folded.span(at, at + 1)
        assert 0 <= span.start <= span.end <= len(text)
        assert span.start >= last or folded.text[at : at + 1] != text[span.start : span.end]
        last = span.start
    assert folded.span(0, len(folded.text)).end <= len(text)


@given(st.one_of(DIRTY, st.text(max_size=60)), st.data())
def test_an_unchanged_stretch_reads_as_itself(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    at = data.draw(st.integers(0, len(text)))
    position = folded.position(at)
    assert 0 <= position <= len(folded.text)


def test_adversarial_text_folds_in_linear_time() -> None:
    for unit in ("\\&amp;amp;amp;", "> ", "=<", "&" + "a" * 40, "³", "\\\\<"):
        text = unit * (64_000 // len(unit))
        started = time.perf_counter()
        fold(text)
        assert time.perf_counter() - started < 1.0, unit
