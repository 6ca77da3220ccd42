"""What the words of a cancer tell besides its name: its tumour is no second one, an early stage has not
spread, and what has spread is there today."""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.criteria.concepts import narrower_or_equal
from rag.planning.tables import word_set
from rag.planning.words import Line

# 'stage II', 'stage 3b'; not 'stage IV', nor the stages of a kidney disease
_EARLY = re.compile(r"(?i)\bstages? (?:I{1,3}[abc]?|[1-3][abc]?)\b(?! (?:ckd|chronic|kidney|renal|hypertension|ulcer))")
_KIDNEY = re.compile(r"(?i)\b(?:ckd|kidney disease|renal disease|hypertension|ulcer|copd)[,:]? (?:\w+ )?stage")
_SPREAD = frozenset({"metastatic_disease", "stage_iv"})


def is_the_cancer(concept: str, told: Collection[str]) -> bool:
    """Whether a tumour is that of a cancer that is told as well."""
    return concept == "tumor" and any(_is_solid(other) for other in told)


def stage_denies(line: Line, has: Collection[str]) -> tuple[str, ...]:
    """The spread that whoever has a solid cancer of an early stage has not."""
    early = _EARLY.search(line.text) is not None and _KIDNEY.search(line.text) is None
    spread = any(one in narrower_or_equal("metastatic_disease") for one in has)
    return ("metastatic_disease",) if early and not spread and any(_is_solid(one) for one in has) else ()


def is_a_cancer(concept: str) -> bool:
    return concept in narrower_or_equal("malignancy") - {"malignancy", "other_malignancy"}


def is_told_as_there(line: Line, first: int, last: int) -> bool:
    """'Has lung cancer', 'man with relapsed myeloma'; not 'with a history of …', 'with breast cancer, removed …'."""
    start = line.back_to_sign(first, 4, ".;:,?!(")
    before, behind = {*line.lemmas(start, first)}, {*line.lemmas(last, _to_sign(line, last, 5, ".;:,?!("))}
    later = {*line.lemmas(last, _to_sign(line, last, 12, ".;:?!"))}  # '…, resected in 2010'
    gone = word_set("patients.gone") & (before | later) or any(word.endswith("ectomy") for word in later)
    left_open = gone or word_set("patients.not_there") & (before | behind)
    return bool(word_set("patients.there") & before) and not left_open


def _to_sign(line: Line, at: int, most: int, signs: str) -> int:
    end = at
    while end < min(len(line.tokens), at + most) and not set(line.gap(end)) & set(signs):
        end += 1
    return end


def cancers_now(has: Collection[str], over: Collection[str], *, there: Collection[str] = ()) -> tuple[str, ...]:
    """The cancer that is there today because it has spread, or is told so, under all its names; none of several,
    which may be over."""
    spread = {*narrower_or_equal("metastatic_disease"), "stage_iv"} & {*has} - {*over}
    cancers = tuple(one for one in has if one in narrower_or_equal("malignancy") and one not in over)
    kinds = [one for one in cancers if not (narrower_or_equal(one) - {one}) & {*cancers}]
    return cancers if (spread or {*there} & {*cancers}) and len(kinds) == 1 else ()


def _is_solid(concept: str) -> bool:
    blood = narrower_or_equal("hematologic_malignancy") | narrower_or_equal("lymphoma") | narrower_or_equal("myeloma")
    return concept in narrower_or_equal("malignancy") - blood - _SPREAD
