"""Words as people type them in a hurry, in full: 'can u tell me if there r trials that take ppl with HIV thx'."""

from __future__ import annotations

import re
from functools import cache

from rag.planning.tables import read_table

# 'r' alone is a word only beside one of these: "there r", "r there"; elsewhere a letter of a list, or of "r-chop".
_R = re.compile(
    r"\b(there|they|we|you|u|who|that|which|these|those|how|what|where) r\b(?![-/+])"
    r"|(?<![-/+])\br (there|they|we|you|u|these|those|any)\b"
)
# "pt" is a time of clotting beside a limit or another such test, and an hour of exercise where it is offered.
_TESTED = re.compile(
    r"\bpt (?:of|above|below|over|under|less|more|greater|at|is) ?(?:than |most |least )?[\d.]"
    r"|\bpt[ ,/]{1,2}(?:and |or )?(?:inr|a?ptt)\b|\b(?:inr|a?ptt)[ ,/]{1,2}(?:and |or )?pt\b"
    r"|\b(?:prothrombin|prolonged pt|pt sessions?|offer pt|pt (?:once|twice))\b"
)
_CODE = frozenset("/-_.%=<>≤≥0123456789")  # 'u/l', 'pt 14': a unit or a test, no word


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, read_table('shorthand')))})\b")


def in_full(text: str) -> str:
    """`text` with its shorthand written out; a text without any as it is."""
    text = _R.sub(lambda found: f"{found[1]} are" if found[1] else f"are {found[2]}", text)
    return _pattern().sub(lambda found: _in_full(text, found), text)


def _in_full(text: str, found: re.Match[str]) -> str:
    before, after = text[max(0, found.start() - 4) : found.start()].rstrip()[-1:], text[found.end() :][:2].lstrip()[:1]
    stands_alone = not (before and before in _CODE) and not (after and after in _CODE - {"."})
    if found.group() == "pt" and _TESTED.search(text):
        return found.group()
    return read_table("shorthand")[found.group()] if stands_alone else found.group()
