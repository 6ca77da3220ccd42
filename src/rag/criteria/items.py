"""Eligibility items: where one criterion begins and ends, and which headings stand over it.

Registry lists come numbered, bulleted, nested, wrapped at 98 columns, run together on one line, or as PDQ blocks
("PATIENT CHARACTERISTICS: / Renal:"). An item is one bullet, one numbered member or one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.criteria.inline import lines_of
from rag.criteria.leads import ANY_OF, LEADS_EXAMPLES, beneath, polarity_under, relation_under
from rag.criteria.lines import Line, is_heading, people_labels
from rag.criteria.nesting import (
    ANEW,
    ENDS_OR,
    Heading,
    end_listing,
    end_numbered,
    ends_alternatives,
    is_outside,
    is_plain_lead,
    pop,
)
from rag.types import Document, Polarity, Span

SECTIONS = {
    "eligibility.inclusion": Polarity.INCLUSION,
    "eligibility.exclusion": Polarity.EXCLUSION,
    "eligibility.unheaded": Polarity.INCLUSION,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One eligibility item: `span` holds its words without the bullet or number.

    `relation` says how it stands to its siblings of the same `group`: 'any' (one of them is enough), 'all' (they hold
    together) or '' (each for itself). `group` is the offset of the lead, −1 where there is none.
    """

    span: Span
    section: str
    polarity: Polarity
    number: str = ""
    headings: tuple[str, ...] = ()
    heading_spans: tuple[Span, ...] = ()
    relation: str = ""
    group: int = -1
    inside_any: bool = False  # under a lead, or an item, that is itself one of several ways
    divided: bool = False  # the list has headings for several kinds of people


_OR_ALONE = re.compile(r"(?:and\s?/\s?or|or)[\s:;,.-]*", re.IGNORECASE)


_AND_ALONE = re.compile(r"(?:and)[\s:;,.-]*", re.IGNORECASE)


_ENDS_AND = re.compile(r"(?:[;,.\s)]|^)and[\s:;,.]*$", re.IGNORECASE)


_STARTS_OR = re.compile(r"(?:and\s?/\s?or|or)\b", re.IGNORECASE)


# "Age 65-70 years:", "Patients ≥ 18 years:", "Under 65 years:" – whom the items below concern, no criterion itself
_LABEL = re.compile(
    r"\W*(?:(?:for|in)\s)?(?:all\s)?(?:patients|participants|subjects|adults|children|age[sd]?|under|over|[<>≤≥])"
    r"[^:;]{0,50}(?:(?:years?|yrs|months?|old|age)"
    r"|\bage[sd]? (?:of )?\d{1,2} (?:to|-|and) (?:\d{1,2}|over|older|above|under|younger))\W*$",
    re.IGNORECASE,
)


def find_items(document: Document) -> tuple[Item, ...]:
    """The eligibility items of a document in text order; with the headings they cover all its eligibility words."""
    found: list[Item] = []
    for section in document.sections:
        polarity = SECTIONS.get(section.name)
        if polarity is not None:
            above = _heading_above(document.text, section.span.start)
            found.extend(items_of(document.text, section.span, section.name, above=above))
    items = sorted(found, key=lambda item: (item.span.start, item.span.end))
    return tuple(_divided(_of_all_parts(items)))


_OTHERS = (
    r"(?:relatives|healthy|controls?|volunteers|donors?|caregivers?|carers?|parents?|siblings?|spouses?|providers?"
    r"|clinicians?|physicians?|staff|family members?|mothers?|fathers?|daughters?|mentors?|teachers?|nurses?|coaches?)"
)
_OTHERS_NAMED = re.compile(rf"(?i)\b{_OTHERS}\b")  # beside patients
_PEOPLE_HEADING = re.compile(
    r"(?i)\W*(?:(?:in|ex)clusion criteri\w+:? ?(?:for |of )?)?(?:the |all |study )?(?:[\w-]+ ){0,4}"
    rf"(?:{_OTHERS}|patients?|participants?|subjects?|cases|probands?|individuals|survivors?|students?|youths?"
    r"|(?:non-?\s?)?(?:asthmatics|diabetics|hypertensives|alcoholics|epileptics|atopics|(?:ex-?)?smokers|drinkers))"
    r"\b[^.;<>≤≥\d]{0,60}$"
)
# 'Disc patients:', 'Subjects for the collection of fat:' – two of these divide a list
_KIND_OF_PEOPLE = re.compile(
    r"(?i)\W*(?!(?:all|both|every|each|any|eligible|enrolled|study|the|adult|male|female|for)\b)(?:[\w/-]+ ){1,3}"
    r"(?:patients|participants|subjects)\W*:\W*$"
    r"|\W*(?:patients|participants|subjects) (?:for|undergoing|receiving|on|without) (?!(?:inclusion|entry|enrol|eligib"
    r"|the (?:study|trial)|stud(?:y|ies)|trial)\b)[^.;:<>≤≥\d]{3,60}:\W*$"
)
_TUMOUR_HEADING = re.compile(
    r"(?i)\W*(?:for )?(?!.*\b(?:history|prior|previous|other(?! than)|any|no|active|known|criteria|disease)\b)"
    r"(?:[A-Z][\w'/, -]{0,50}?\b)?(?:leuka?emias?|lymphomas?|myeloma|myelodysplas\w+(?: syndromes?)?"
    r"|myeloproliferative (?:disorders?|neoplasms?)|myelofibrosis|[\w-]*sarcomas?|melanoma|carcinomas?|cancers?"
    r"|gliomas?|\w*blastomas?)(?: \([\w/ -]{1,12}\))?(?: other than \w+)?\W*:\W*$"
)


_NAMED_PARTS = re.compile(
    r"\b(?P<kind>[Pp]art|[Cc]ohort|[Aa]rm|[Pp]hase|[Gg]roup)s?"
    r" (?P<names>[A-Z0-9]{1,2}\b(?:(?:, ?(?:and )?| and | & ?)[A-Z0-9]{1,2}\b){0,6})"
)


def _of_all_parts(items: list[Item]) -> list[Item]:
    """The items, 'Parts 1, 2 and 3 inclusion criteria:' told for everybody where other headings name some of these."""
    named = {heading: _parts_of(heading) for heading in {heading for item in items for heading in item.headings}}
    if sum(len(parts) > 1 for parts in named.values()) == 0:
        return items
    every = frozenset[tuple[str, str]]().union(*named.values())
    whole = {
        heading
        for heading, parts in named.items()
        if len(parts) > 1
        and parts == {one for one in every if one[0] == min(parts)[0]}
        and any(other and other < parts for other in named.values())
    }
    return [
        replace(item, headings=tuple("All parts:" if heading in whole else heading for heading in item.headings))
        if whole.intersection(item.headings)
        else item
        for item in items
    ]


def _parts_of(heading: str) -> frozenset[tuple[str, str]]:
    """The parts that a heading names, as (kind, name)."""
    found = _NAMED_PARTS.search(heading) if len(heading) <= 120 else None
    return (
        frozenset((found["kind"].lower(), name) for name in re.findall(r"[A-Z0-9]{1,2}\b", found["names"]))
        if found
        else frozenset()
    )


@lru_cache(maxsize=4096)  # asked again for every item below it
def is_people_heading(heading: str) -> bool:
    """Whether a heading names a kind of people: 'Relatives:', 'Acute myeloid leukemia (AML):'."""
    return len(heading) <= 90 and (_PEOPLE_HEADING.match(heading) or _TUMOUR_HEADING.match(heading)) is not None


def _divided(items: list[Item]) -> list[Item]:
    """The items, marked when headings divide them among several kinds of people: patients, relatives, controls."""
    headings = {heading for item in items for heading in item.headings if is_people_heading(heading)}
    tumours = sum(not _PEOPLE_HEADING.match(heading) for heading in headings)
    kinds = sum(_KIND_OF_PEOPLE.match(heading) is not None for heading in headings)
    if len(headings) < 2 or (tumours < 2 and kinds < 2 and not any(map(_OTHERS_NAMED.search, headings))):
        return items
    return [replace(item, divided=True) for item in items]


def items_of(text: str, span: Span, section: str, *, above: tuple[str, ...] = ()) -> list[Item]:
    """The items of one section of `text`; `above` are headings printed before the section that scope it."""
    lines = lines_of(text, span)
    items = _arrange(text, lines, section, above)
    if above and _ALLOWING.match(above[0]):
        items = _as_allowed(text, items, above)
    return [_as_told(text, item) for item in items]


_ALLOWING = re.compile(r"(?i)(?:allowed|permitted)\b")  # "Concurrent medication: / Allowed:"
_ASKS = re.compile(r"(?i)\b(?:must|should|required|have to|needs? to)\b")


def _as_allowed(text: str, items: list[Item], above: tuple[str, ...]) -> list[Item]:
    """What is printed behind the list, and what asks for something, is under no permission."""
    out, listed, ended = list[Item](), False, False
    for item in items:
        bulleted = bool(text[text.rfind("\n", 0, item.span.start) + 1 : item.span.start].strip())
        ended = ended or (listed and not bulleted)
        listed = listed or bulleted
        asked = ended or _ASKS.search(text, item.span.start, item.span.end) is not None
        out.append(replace(item, headings=item.headings[len(above) :]) if asked else item)
    return out


# "Exclusion criteria included depression; asthma; …": a paragraph that is its own heading, in whatever list it stands
_TOLD = re.compile(
    r"(?i)\W*(?:(?:key|main|major|general|primary|further|additional|the|other|patient|study) ){0,3}"
    r"(?P<kind>in|ex)clusion criteri(?:a|on|ums?) (?:for [\w -]{3,40} )?"
    r"(?:(?:will |would )?(?:include[sd]?|compris(?:ed?|es)|consist(?:ed|s)? of)|(?:will be|were|are|was|is))"
    r"(?! (?:the same|as follows|listed|similar|described|given|met|not|below|above|available))\b"
)


# "Patients must have:" over items that stand below the exclusions
_REQUIRED = re.compile(
    r"(?i)\W*(?:all )?(?:patients|participants|subjects|volunteers)"
    r" must(?: (?:be|have|demonstrate|meet|show|qualify)\b(?! (?:no|none|not|without|neither|free"
    r"|(?:been )?(?:received|recovered|stopped|discontinued|completed|finished|ended|off))\b)[^:]{0,60})?"
    r":?\W*$"
)


def _as_told(text: str, item: Item) -> Item:
    if item.polarity is Polarity.EXCLUSION and any(map(_REQUIRED.match, item.headings)):
        return replace(item, polarity=Polarity.INCLUSION)
    found = _TOLD.match(text, item.span.start, item.span.end)
    if found is None:
        return item
    return replace(item, polarity=Polarity.EXCLUSION if found["kind"].lower() == "ex" else Polarity.INCLUSION)


def _heading_above(text: str, start: int) -> tuple[str, ...]:
    """The printed heading just before a section when it says more than its name: 'Exclusion Criteria (ESRD group):'."""
    before = text[max(0, start - 200) : start].rstrip()
    line = before[before.rfind("\n") + 1 :].strip(" \t*-#")
    more = re.sub(
        r"(?i)\b(?:key|main|inclusion|exclusion|criteria|eligibility|criterion|for|the)\b|[\s:()*.-]+", "", line
    )
    told = _ALLOWING.match(line) or re.search(r"(?i)criteria|\b(?:donor|recipient)s? (?:in|ex)clusions?\b", line)
    return (line,) if 2 < len(line) <= 120 and more and told else ()


def _arrange(text: str, lines: list[Line], section: str, above: tuple[str, ...]) -> list[Item]:
    items: list[Item] = []
    stack: list[Heading] = []
    joiner = False
    people = people_labels(text, lines) if SECTIONS[section] is Polarity.INCLUSION else ()
    for index, line in enumerate(lines):
        words = text[line.content : line.end]
        if _OR_ALONE.fullmatch(words) and items:
            joiner = True
            continue
        if _AND_ALONE.fullmatch(words):
            continue
        kind = SECTIONS[section]
        if stack and (ends_alternatives(stack[-1], line, words) or is_outside(stack[-1], line, words, kind)):
            stack.pop()
        end_numbered(stack, line)
        pop(stack, line, heading=is_heading(words))
        if stack:
            stack[-1].number = line.number or stack[-1].number
        if stack and stack[-1].first_child is None:
            stack[-1].first_child, stack[-1].inner = line.kind, line.indent
            stack[-1].plain = is_plain_lead(stack[-1], line) and not ANEW.match(words)
        heads = is_heading(words) and _has_children(lines, index)
        label = index in people or (bool(line.kind and _LABEL.match(words)) and words.rstrip().endswith(":"))
        numbered = _leads_numbers(lines, index, words)
        flat = not heads and not numbered and _leads_flat(lines, index, words)
        heads = heads or label or numbered or flat
        leads = heads or _leads(lines, index)
        if not heads or (re.search(r"\d", words) and not _LABEL.match(words)):
            items.append(_item(text, line, section, above, stack))
            if joiner or (_STARTS_OR.match(words) and len(items) > 1):
                _join(items, text)
            end_listing(stack, line, words)
        joiner = False
        if leads:
            capitals = not line.kind and words.strip(" :*").isupper()
            stack[:] = [] if capitals else stack
            stack.append(Heading(line, words.strip(" *#_\\"), label=label, numbered=numbered, flat=flat))
    return _mark_inside(_relate(items, text))


def _mark_inside(items: list[Item]) -> list[Item]:
    """Items nested under one of several alternatives are no requirement of everybody."""
    optional = {item.span.start for item in items if item.relation == "any" and item.polarity is Polarity.INCLUSION}
    if not optional:
        return items
    return [
        replace(item, inside_any=True) if any(span.start in optional for span in item.heading_spans) else item
        for item in items
    ]


def _leads_numbers(lines: list[Line], index: int, words: str) -> bool:
    """'* At least one of these:' / '* 1) …' / '* 2) …': bullets on one level, only the members numbered."""
    if not words.endswith(":") or lines[index].number or index + 1 >= len(lines):
        return False
    below = lines[index + 1]
    beside = bool(below.kind) and below.number in ("1", "a") and below.indent == lines[index].indent
    return beside and ANY_OF.search(words) is not None


def _leads_flat(lines: list[Line], index: int, words: str) -> bool:
    """'* At least one of the following:', '* No illness, e.g.:' / '* …' / '* …': members on their lead's level."""
    if not words.endswith(":") or not lines[index].kind or index + 1 >= len(lines):
        return False
    beside = (lines[index + 1].kind, lines[index + 1].indent) == (lines[index].kind, lines[index].indent)
    return beside and (ANY_OF.search(words) is not None or LEADS_EXAMPLES.match(words) is not None)


def _leads(lines: list[Line], index: int) -> bool:
    """Whether bullets stand deeper right below a line that has no colon; not '6.', which goes on with an outer list."""
    below = lines[index + 1] if index + 1 < len(lines) else None
    if below is None or not below.kind or below.indent <= lines[index].indent:
        return False
    return not (below.number.isdigit() and int(below.number) > 1)


def _has_children(lines: list[Line], index: int) -> bool:
    if index + 1 >= len(lines):
        return False
    line, below = lines[index], lines[index + 1]
    if below.indent > line.indent:
        return True
    if below.indent < line.indent:
        return bool(not line.kind)
    return line.kind != below.kind or not line.kind


def _item(text: str, line: Line, section: str, above: tuple[str, ...], stack: list[Heading]) -> Item:
    polarity = SECTIONS[section]
    relation, group = "", -1
    inside = False
    for heading in stack:
        inside = inside or relation == "any"
        if heading.text.endswith(":") or is_heading(heading.text) or LEADS_EXAMPLES.match(heading.text):
            polarity = polarity_under(heading.text, polarity)
        group = heading.line.start
        relation = relation_under(heading.text, polarity)
    headings = beneath(above, tuple(heading.text for heading in stack))
    spans = tuple(Span(heading.line.content, heading.line.end) for heading in stack)
    place = Span(line.content, line.end)
    return Item(place, section, polarity, line.number, headings, spans, relation, group, inside)


def _join(items: list[Item], text: str) -> None:
    """Make one item of the last two: an 'or' stands between them, so neither is a criterion by itself."""
    last, before = items.pop(), items.pop()
    # a lead or a heading may stand between; then the two stay apart
    if last.section == before.section and last.polarity is before.polarity and last.headings == before.headings:
        items.append(replace(before, span=Span(before.span.start, last.span.end)))
    else:
        items.extend((before, last))


def _relate(items: list[Item], text: str) -> list[Item]:
    """Siblings of which one ends in 'or': all are alternatives of each other, or only the two that 'or' joins.

    'A; B; or C' under one lead offers three ways; 'A' / 'B or' / 'C' asks for A and for one of B and C.
    """
    groups: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for number, item in enumerate(items):
        groups.setdefault((item.group, item.headings), []).append(number)
    merge: set[int] = set()
    for (group, _), members in groups.items():
        tails = [items[number].span.of(text)[-14:] for number in members]
        ending = [index for index, tail in enumerate(tails[:-1]) if ENDS_OR.search(tail)]
        if ending and group >= 0 and _is_whole_list(tails, ending):
            for number in members:
                items[number] = replace(items[number], relation="any")
        elif ending:
            merge.update(members[index] for index in ending if members[index + 1] == members[index] + 1)
        elif (
            group >= 0
            and items[members[0]].polarity is Polarity.EXCLUSION
            and any(_ENDS_AND.search(tail) for tail in tails[:-1])
        ):
            for number in members:
                items[number] = replace(items[number], relation=items[number].relation or "all")
    return _merge_marked(items, merge) if merge else items


def _is_whole_list(tails: Sequence[str], ending: Sequence[int]) -> bool:
    """Whether 'or' at the end of some members joins the whole list: every member has it, or commas lead up to it."""
    if len(ending) == len(tails) - 1:
        return True
    return ending == [len(tails) - 2] and all(tail.rstrip().endswith((";", ",")) for tail in tails[:-2])


def _merge_marked(items: list[Item], marked: set[int]) -> list[Item]:
    """Each marked item made one with the item after it."""
    merged: list[Item] = []
    joining = False
    for number, item in enumerate(items):
        if joining:
            merged[-1] = replace(merged[-1], span=Span(merged[-1].span.start, item.span.end))
        else:
            merged.append(item)
        joining = number in marked
    return merged
