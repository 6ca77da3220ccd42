"""Where a list ends: what takes the leads and headings that stand over a line off again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.criteria.leads import polarity_under, relation_under
from rag.criteria.lines import CAPITALS, Line
from rag.types import Polarity


@dataclass(slots=True)
class Heading:
    line: Line
    text: str
    first_child: str | None = None
    listing: bool = False  # members in lines of their own that end in ';': the one that ends in '.' is the last
    numbered: bool = False  # 'one of these:' on the level of the numbered items that it concerns
    label: bool = False  # 'Age 65-70 years:' on the level of the items that it concerns
    flat: bool = False  # 'At least one of the following:' on the level of its members
    plain: bool = False  # alternatives in lines without bullets, the first of which is no statement of its own
    number: str = ""  # of the member read last
    inner: int = -1  # how deep the first member stands
    closing: bool = False  # the member read last ends in 'or'


ENDS_OR = re.compile(r"(?:[;,.\s)-]|^)(?:and\s?/\s?or|or)[\s:;,.-]*$", re.IGNORECASE)


# how a requirement of its own begins, behind a list whose end nothing shows
ANEW = re.compile(
    r"(?i)(?:all |the )?(?:patients?|subjects?|participants?|volunteers?|women|men|(?:fe)?males?|adults?|written"
    r"|informed|signed|willing|able|ability|provid|must|no|life expectancy|ecog|eastern|karnofsky|adequate|age"
    r"|measurable disease|(?:gog|who|zubrod|swog)?(?: ps)? ?performance status"
    r"|(?:at least|[>≥]=?|over|above) ?(?:1[6-9]|2[01]) years(?= of age| old|\W*$))\b"  # not the risk 'over 65 years'
)
# 'Stable doses of any of these drugs:' has drugs for members, and no measure; not 'need for treatment by any of:'
_OF_DRUGS = re.compile(
    r"(?i)\b(?:following|these|those|listed)\b[^.;:]{0,40}"
    r"\b(?:drug|medication|medicine|agent|therapie|regimen|treatment)(?:s|\(s\))"
    r"(?:\W*$|\s(?:or|at|and)\b[^.;:]{0,110}:?\W*$)"
)
_MEASURE = re.compile(
    r"(?i)(?:(?:glycated|glycosylated) ha?emoglobin|hba1c|body[- ]mass index|bmi|body ?weight"
    r"|weight(?! loss| manage| reduc)|ha?emoglobin|platelets?|(?:serum )?creatinine|e?gfr|estimated glomerular|fasting"
    r"|blood pressure|systolic|left ventricular"
    r"|lvef)\b[^.;]{0,60}\d"
)


def ends_alternatives(lead: Heading, line: Line, words: str) -> bool:
    """Whether a line below 'one of the following:' is a requirement of its own: nothing else shows the list's end."""
    if not (lead.flat or (lead.plain and is_plain_lead(lead, line))):
        return False
    return bool(ANEW.match(words)) or (_OF_DRUGS.search(lead.text) is not None and _MEASURE.match(words) is not None)


def is_outside(lead: Heading, line: Line, words: str, kind: Polarity) -> bool:
    """Whether a line is no member of a list of its own kind, only joined to its last one: '* A or / * B * C'."""
    own = relation_under(lead.text, kind) == "any" or polarity_under(lead.text, kind) is not kind
    outer = bool(line.number) and lead.first_child != "number"
    return line.joined and own and (outer or ANEW.match(words) is not None)


def is_plain_lead(lead: Heading, line: Line) -> bool:
    """Whether the lead of alternatives and the line are paragraphs on one level."""
    level = not lead.line.kind and not line.kind and lead.line.indent == line.indent
    return level and relation_under(lead.text, Polarity.INCLUSION) == "any"


def pop(stack: list[Heading], line: Line, *, heading: bool) -> None:
    del stack[8:]  # nobody nests deeper; a hostile text might
    while stack:
        top = stack[-1]
        if heading and not line.kind and not top.line.kind and CAPITALS.match(top.text.rstrip(" :")):
            return
        same = line.indent == top.line.indent
        if same and (((top.label or top.flat) and not heading) or (top.numbered and line.number)):
            return
        deeper = line.indent > top.line.indent
        if deeper and (
            top.first_child is None or not (line.kind == "" and top.first_child != "" and not top.line.kind)
        ):
            return
        if same and line.kind != top.line.kind and line.kind:
            return
        if same and not heading and not line.kind and not top.line.kind and top.first_child in (None, ""):
            return
        stack.pop()


def end_numbered(stack: list[Heading], line: Line) -> None:
    """Take the lead of alternatives off at the next number of its own list: '4. One of these:' / '* …' / '5. …'."""
    for depth, lead in enumerate(stack):
        if _goes_on_outside(lead, line) and all(_following(inner.number) != line.number for inner in stack[depth:]):
            del stack[depth:]
            return


def _goes_on_outside(lead: Heading, line: Line) -> bool:
    """Whether a line has the number after that of a lead of alternatives, or a number above the members' level."""
    if not line.number.isdigit() or "round" in (line.kind, lead.line.kind) or not lead.line.kind:
        return False
    out = line.kind == "number" and line.indent <= lead.line.indent < lead.inner
    after = out or _following(lead.line.number) == line.number
    return after and relation_under(lead.text, Polarity.INCLUSION) == "any"


def _following(number: str) -> str:
    """The number after another; '1' where none was told, '' where it is no plain number."""
    if not number:
        return "1"
    return str(int(number) + 1) if number.isdigit() else ""


def end_listing(stack: list[Heading], line: Line, words: str) -> None:
    """Take the lead of a list on one level off when its last member was read: 'A;' / 'B; and' / 'C.', 'A or' / 'B'."""
    if stack and (stack[-1].flat or stack[-1].plain):
        closing = ENDS_OR.search(words[-14:]) is not None
        if stack[-1].closing and not closing:
            stack.pop()
            return
        stack[-1].closing = closing
    if stack and not line.kind and not stack[-1].line.kind:
        if stack[-1].listing and words.endswith("."):
            stack.pop()
        elif re.search(r";(?:\s*(?:and|or))?$", words):
            stack[-1].listing = True
