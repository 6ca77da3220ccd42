"""British and Latin spellings of English words, as the American ones that the lexicons use."""

from __future__ import annotations

from typing import Final

# British or Latin spelling in a word → the American one that the data rows use.
_SPELLINGS: Final = (
    ("aemi", "emi"),
    ("haem", "hem"),
    ("oedem", "edem"),
    ("paed", "ped"),
    ("oesoph", "esoph"),
    ("rrhoea", "rrhea"),
    ("tumour", "tumor"),
    ("centre", "center"),
    ("behaviour", "behavior"),
    ("favour", "favor"),
    ("isation", "ization"),
    ("ised", "ized"),
    ("labelled", "labeled"),
    ("leuc", "leuk"),
    ("programme", "program"),
    ("anaesth", "anesth"),
    ("gynaec", "gynec"),
    ("foet", "fet"),
    ("enrolment", "enrollment"),
    ("colour", "color"),
    ("orthopaed", "orthoped"),
    ("oestr", "estr"),
    ("coeliac", "celiac"),
    ("caesar", "cesar"),
    ("pnoea", "pnea"),
    ("aetiolog", "etiolog"),
    ("sulph", "sulf"),
    ("faec", "fec"),
    ("litre", "liter"),
    ("fibre", "fiber"),
)
_SAME_SPELLING: Final = frozenset({
    "raised", "advised", "revised", "supervised", "exercised", "promised", "compromised",
})  # fmt: skip


def american(word: str) -> str:
    """The word, given in lower case, in American spelling: 'leukaemia' as 'leukemia', 'randomised' as 'randomized'."""
    if word not in _SAME_SPELLING:
        for british, plain in _SPELLINGS:
            if british in word:
                word = word.replace(british, plain)
    return word
