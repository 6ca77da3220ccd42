"""Words as people type them in a hurry, in full: 'can u tell me if there r trials that take ppl with HIV thx'."""

from __future__ import annotations

import re
from functools import cache

from rag.planning.tables import read_table

# 'r' alone is a word only beside one of these: "there r", "r there"; elsewhere it is a letter of a list.
_R = re.compile(
    r"\b(there|they|we|you|u|who|that|which|these|those|how|what|where) r\b|\br (there|they|we|you|u|these|those|any)\b"
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
    return read_table("shorthand")[found.group()] if stands_alone else found.group()
