"""Whether a question presents one person, and then asks which trials turn that person away."""

from __future__ import annotations

import re

from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.types import Asks

_NOUN = (
    r"(?:patient|person|man|woman|lady|gentleman|boy|girl|child|male|female|adult|teenager|friend|neighbou?r|colleague|"
    r"mother|father|mum|dad|sister|brother|wife|husband|partner|son|daughter|aunt|uncle|cousin|client|resident|guy|chap)"
)
# 'Somebody has gout', 'a patient of ours takes …', 'my neighbour is a woman of 54'; not 'my neighbour's platelets are'
_PRESENTS = re.compile(
    r"(?i)^\W*(?:(?:we|i)(?:['’]ve| have| see| saw| know| met)(?: got)? )?"
    rf"(?:somebody|someone|(?:a|an|one|my|our|this) (?:[\w-]+ ){{0,3}}?{_NOUN})\b(?!['’]s?\b)"
)
# '… turn this person away?', '… exclude him?'; not '… refuse her for it?', '… no to someone like her?'
_OF_WHOM = re.compile(
    rf"(?i)(?P<said>\b(?:(?<!like )(?:him|her)|them|(?:the|this|that|our|my|your) {_NOUN}))"
    r"(?: (?:away|down|out|off|back))?\W*$"
)
_OF_OURS = re.compile(r"(?i)^\W*(?:(?:we|i)\b.{0,12} )?(?:my|our)\b")
# a new sentence, or the question behind a colon or a dash
_PARTS = re.compile(r"[.;?!:]\s|\s[-–—]\s")


def presents_a_person(sheet: Sheet) -> bool:
    """'Somebody with HIV would like to join. Which trials turn this person away?': held against all criteria.

    Where a single thing is told, a mere 'him' and one of ours leave it to the thing: 'my son has HIV: which trials
    refuse him?' asks of HIV, as does '… because of it'.
    """
    text = sheet.line.text.rstrip()
    parts, whom = [part.end() for part in _PARTS.finditer(text)], _OF_WHOM.search(text)
    if sheet.refs or not parts or _PRESENTS.match(text) is None or whom is None:
        return False
    found = sheet.kinds(Kind.LIMIT, Kind.CONCEPT)
    told = [mark for mark in found if sheet.line.tokens[mark.first].start < parts[-1]]
    asked = [cue for cue in sheet.reading.cues if sheet.line.tokens[cue.first].start >= parts[-1]]
    aged = any(mark.kind is Kind.LIMIT and mark.value.variable == "age" for mark in told)
    several = aged or len({mark.value for mark in told}) > 1
    anybody = whom["said"].casefold() not in {"him", "her"} and _OF_OURS.match(text) is None
    refused = any(cue.asks is Asks.EXCLUDES for cue in asked)
    return bool(told) and len(told) == len(found) and (several or anybody) and refused
