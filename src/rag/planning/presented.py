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
# 'nothing else known yet', 'that is all the sheet says', 'going by age and sex alone'
_ALL_TOLD = re.compile(
    r"(?i)\b(?:(?:nothing|little) (?:else|more|further) (?:\w+ )?(?:known|told|given|recorded|to go (?:on|by))"
    r"|knows? nothing (?:else|more)|no (?:other|further) (?:details?|information|findings?|data|results?)"
    r"|(?:that|this)(?:['’]s| is| was) (?:all|everything)(?: that)? (?:i|we|he|she|they|the|my|our|his|her|it|there)\b"
    r"|(?:all|everything)(?: that)? (?:i|we|they) (?:know|have|was told|were told|got)"
    r"|(?:age and (?:sex|gender)|(?:sex|gender) and age) (?:alone|only))\b"
)
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


def says_that_is_all(sheet: Sheet) -> bool:
    """'Creatinine 2.2, nothing else known. Where is he out?': whatever is told, it is told of one person."""
    known = sheet.kinds(Kind.LIMIT, Kind.CONCEPT)
    return not sheet.refs and bool(known) and _ALL_TOLD.search(sheet.line.text) is not None
