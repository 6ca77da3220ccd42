"""Words as people type them in a hurry, in full: 'can u tell me if there r trials that take ppl with HIV thx'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from rag.planning.tables import checked, read_table

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
_COUNTED = frozenset({"pts", "yrs", "wks", "mths", "mnths"})


@cache
def _words() -> Mapping[str, str]:
    """What is typed, and what it says; "im" and the like with the word beside it."""
    table = read_table("shorthand")
    found: dict[str, str] = dict(table["words"])
    for row in table["beside"]:
        checked(row, file="shorthand", required=("full", "words"), optional=("before", "behind"))
        for word in row["words"].split():
            if "before" in row:
                found[f"{row['before']} {word}"] = f"{row['full']} {word}"
            else:
                found[f"{word} {row['behind']}"] = f"{word} {row['full']}"
    return found


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, _words()))})\b")


def in_full(text: str) -> str:
    """`text` with its shorthand written out; a text without any as it is."""
    text = _R.sub(lambda found: f"{found[1]} are" if found[1] else f"are {found[2]}", text)
    tested = _TESTED.search(text) is not None

    def written(found: re.Match[str]) -> str:
        before = text[max(0, found.start() - 4) : found.start()].rstrip()[-1:]
        after = text[found.end() : found.end() + 2].lstrip()[:1]
        counted = found.group() in _COUNTED and before.isdigit()  # '120 pts', where '10 u' and '5 pt' are no words
        stands_alone = (counted or not (before and before in _CODE)) and not (after and after in _CODE - {"."})
        return _words()[found.group()] if stands_alone and not (tested and found.group() == "pt") else found.group()

    return _pattern().sub(written, text)
