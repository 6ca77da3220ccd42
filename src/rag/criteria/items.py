"""Eligibility items: where one criterion begins and ends, and which headings stand over it.

Registry lists come numbered, bulleted, nested, wrapped at 98 columns, run together on one line, or as PDQ blocks
("PATIENT CHARACTERISTICS: / Renal:"). An item is one bullet, one numbered member or one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

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


@dataclass(slots=True)
class _Line:
    """One printed line, or one member of an inline list: `kind` is the class of its marker ('' for none)."""

    start: int
    end: int
    indent: int
    kind: str
    number: str
    content: int  # where the words begin
    blank_before: bool


@dataclass(slots=True)
class _Heading:
    line: _Line
    text: str
    first_child: str | None = None
    level: int = field(default=0)


# "1." "1)" "(1)" "8\." "a." "iv)" "#1." "- " "* " "•" — but not "1.5 x ULN", "18 years", "i.e. …"
_MARK = re.compile(
    r"""(?:
      (?P<bullet>\\?[-*+•·●○▪■◦‣–—§►✓➢❖]|o(?=\ {2,}|\t))(?:\s+|(?=[A-Z(≥≤<>\\])|(?<=[•●▪■◦‣►➢])\s*)
    | \#?\s?(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})(?:\\?[.)\]:]+[-)]?(?!\d)\s*|\s?-\s+(?=[A-Z]))
    | [(\[](?P<round>\d{1,2}|[a-zA-Z]|[ivxIVX]{2,4})[)\]]\s*
    | (?P<letter>[a-zA-Z])(?:\)\s*|\\?\.\s+)
    | (?P<roman>[ivxIVX]{2,5})(?:\)\s*|\\?\.\s+)
    )""",
    re.VERBOSE,
)
_OR_ALONE = re.compile(r"(?:and\s?/\s?or|or)[\s:;,.-]*", re.IGNORECASE)
_AND_ALONE = re.compile(r"(?:and)[\s:;,.-]*", re.IGNORECASE)
_ENDS_OR = re.compile(r"(?:[;,.\s)]|^)(?:and\s?/\s?or|or)[\s:;,.]*$", re.IGNORECASE)
_ENDS_AND = re.compile(r"(?:[;,.\s)]|^)and[\s:;,.]*$", re.IGNORECASE)
_STARTS_OR = re.compile(r"(?:and\s?/\s?or|or)\b", re.IGNORECASE)
_HANGS = re.compile(
    r"(?:[,(<>≤≥=+/]|[^\s-]-|\b(?:and|or|of|the|a|an|to|with|than|by|for|in|at|on|from|is|are|be|if|least|most|must"
    r"|have))\s*$",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"(?:and|or|but|of|with|than|which|that|who|unless|except)\b|[<>≤≥=)%]", re.IGNORECASE)

_HEADING = re.compile(
    r"""(?:
      (?:(?:additional|common|general|key|main|major|specific|core|other)\s+)?(?:inclusion|exclusion|eligibility)
        (?:\s+and\s+exclusion)?\s+criteria\b[^.;]{0,80}
    | (?:for\s+)?(?:part|cohort|arm|group|phase|stratum|substudy|module)s?\s+[A-Z0-9]{1,4}\b[^.;<>≤≥=]{0,40}
    | (?:disease|patient|subject|prior|concurrent)\s+(?:characteristics|concurrent\s+therapy|therapy)\s*
    | (?:prior|concurrent)\s+(?:medication|treatment)\s* | (?:co-?existing\s+condition|risk\s+behavior)\s*
    | (?:excluded|required|allowed|permitted)\s*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_CAPITALS = re.compile(r"[A-Z][A-Z0-9 /,&()-]{5,70}$")
_FLIPS = re.compile(
    r"\bexclusion criteri|\bexclusions?\W*$|\bexcluded\b(?! from)|\bexcludes\b|\bineligible\b(?! for (?!this|the))"
    r"|\bnot (?:be )?(?:eligible|allowed|permitted|included)\b[^.]{0,60}$"
    r"|\b(?:must|should|may|can|do|does|will|has|have) ?not (?:have|had|be|been|meet|present|received?|show"
    r"|take)\b[^.;]{0,60}$"
    r"|\bcannot (?:have|be)\b[^.;]{0,60}$|\bnone of the\b|^\W*(?:no|without|absence of)\b|\bhave no\b[^.;]{0,60}$"
    r"|\bfree of any\b",
    re.IGNORECASE,
)
_UNFLIPS = re.compile(
    r"\binclusion criteria\b|\b(?:are|is|be) (?:still )?(?:eligible|allowed|permitted|included)\b(?! (?:if not|unless))"
    r"|^\W*(?:required|allowed|permitted)\b|\bexceptions?\b|\bunless\b",
    re.IGNORECASE,
)
_ANY = re.compile(
    r"\b(?:any(?: one)?(?: or more)?|at least (?:one|1)|(?:one|1)(?: or more| \(or more\))?|either(?: one)?"
    r"|minimum of (?:one|1))"
    r"(?: \(?\d\)?)? of (?:the|these)\b|\beither\b[^.]{0,40}$|\bany of\b|\bone of\b|\bor more of\b"
    r"|\bat least (?:two|three|four|[2-9])(?: \(\d\))? of\b|\b(?:two|three|[2-9])(?: or more)? of the following\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|both|each) (?:of )?(?:the|these)\b|\bcombination of\b", re.IGNORECASE)


def find_items(document: Document) -> tuple[Item, ...]:
    """The eligibility items of a document in text order; with the headings they cover all its eligibility words."""
    found: list[Item] = []
    for section in document.sections:
        polarity = SECTIONS.get(section.name)
        if polarity is not None:
            above = _heading_above(document.text, section.span.start)
            found.extend(items_of(document.text, section.span, section.name, above=above))
    return tuple(sorted(found, key=lambda item: (item.span.start, item.span.end)))


def items_of(text: str, span: Span, section: str, *, above: tuple[str, ...] = ()) -> list[Item]:
    """The items of one section of `text`; `above` are headings printed before the section that scope it."""
    lines = _lines(text, span)
    return _arrange(text, lines, section, above)


def _heading_above(text: str, start: int) -> tuple[str, ...]:
    """The printed heading just before a section when it says more than its name: 'Exclusion Criteria (ESRD group):'."""
    before = text[max(0, start - 200) : start].rstrip()
    line = before[before.rfind("\n") + 1 :].strip(" \t*-#")
    more = re.sub(
        r"(?i)\b(?:key|main|inclusion|exclusion|criteria|eligibility|criterion|for|the)\b|[\s:()*.-]+", "", line
    )
    return (line,) if 2 < len(line) <= 120 and more and re.search(r"(?i)criteria", line) else ()


# ── Lines ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(text: str, span: Span) -> list[_Line]:
    raw = list(_raw_lines(text, span))
    width = max((line.end - line.start + line.indent for line in raw), default=0)
    joined: list[_Line] = []
    for line in raw:
        if joined and not line.kind and not line.blank_before and _is_wrapped(text, joined[-1], line, width):
            joined[-1].end = line.end
        else:
            joined.append(line)
    return [part for line in joined for part in _split_inline(text, line)]


def _raw_lines(text: str, span: Span) -> Iterator[_Line]:
    blank, at = True, span.start
    while at < span.end:
        end = text.find("\n", at, span.end)
        end = span.end if end < 0 else end
        start = at
        while start < end and text[start] in " \t\r\xa0>":
            start += 1
        stop = end
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        if start < stop:
            # the first line of a section may begin after its heading on the same line
            line_start = text.rfind("\n", 0, at) + 1 if at == span.start else at
            kind, number, content = _marker(text, start, stop)
            yield _Line(start, stop, start - line_start, kind, number, content, blank)
        blank = start >= stop
        at = end + 1


def _marker(text: str, start: int, stop: int) -> tuple[str, str, int]:
    """The class of the marker that a line begins with, its number, and where its words begin ('* 1.Age' has two)."""
    kind, number, at = "", "", start
    for _ in range(3):
        found = _MARK.match(text, at, stop)
        if not found or found.end() == at:
            break
        name = found.lastgroup or ""
        token = found.group(name)
        if name in {"letter"} and not _is_list_letter(text, found.end(), stop, kind):
            break
        if found.end() >= stop:
            break
        if name == "number" and kind == "number":
            break
        kind = kind or (name if name != "bullet" else token.lstrip("\\"))
        number = number or ("" if name == "bullet" else token)
        at = found.end()
    while kind and at + 1 < stop and text[at] in ". \t" and not text[at + 1].isdigit():
        at += 1
    return kind, number, at


def _is_list_letter(text: str, at: int, stop: int, kind: str) -> bool:
    """Whether words follow a letter marker: 'a. Age' but not 'E. coli' or 'C. difficile'."""
    return at < stop and (kind != "" or text[at].isupper() or not text[at].isalpha() or text[at - 2] != ".")


def _is_wrapped(text: str, above: _Line, line: _Line, width: int) -> bool:
    """Whether a line without a marker goes on with the one above: its first word would not have fitted there."""
    last = text.rfind("\n", above.start, above.end) + 1 or above.start
    while last < above.end and text[last] in " \t":
        last += 1
    words_above = text[last : above.end]
    if _HANGS.search(words_above[-12:]) or (_CONTINUES.match(text, line.start) and not _is_heading(words_above)):
        return True
    if _is_heading(words_above) or _is_heading(text[line.start : line.end]):
        return False
    first = text[line.start : line.end].split(None, 1)[0]
    if width <= 110:
        return len(words_above) + above.indent + 1 + len(first) > min(width, 100) - 4 and width >= 60
    return text[line.start].islower() and len(words_above) > 60 and words_above[-1] not in ".;:"


_PDQ_TITLE = re.compile(r"(?:DISEASE|PATIENT) CHARACTERISTICS:|PRIOR[ /]CONCURRENT THERAPY:")
# the headings of PDQ abstracts, run together: "PATIENT CHARACTERISTICS: Age: 18 and over Performance status: ECOG 0-2"
_PDQ = re.compile(
    r"(?:^|(?<=[\s.;]))(?:(?:DISEASE|PATIENT) CHARACTERISTICS|PRIOR[ /]CONCURRENT THERAPY|Age|Sex|Menopausal status"
    r"|Performance status|Life expectancy|Hematopoietic|Hepatic|Renal|Cardiovascular|Pulmonary|Immunologic|Neurologic"
    r"|Gastrointestinal|Metabolic|Other|Biologic therapy|Chemotherapy|Endocrine therapy|Radiotherapy|Surgery"
    r"|Hormone receptor status):(?=\s)"
)
_INLINE_NUMBER = re.compile(r"(?:(?<=[\s;.,:])|^)\(?(\d{1,2})\s?(?:\\?[.](?=\s?[^\d\s])|\))\s*(?=\S)")
_INLINE_LETTER = re.compile(r"(?:(?<=[\s;.,:])|^)\(?([a-h])\)\s*(?=\S)")
_INLINE_BULLET = re.compile(
    r"\s{2,}\\?[-*•]\s+(?=\S)|\s*[•●▪■]\s*|\s{3,}(?=\d{1,2}\\?[.)]\s)|(?<=[;.])\s?\\?\*\s+(?=[A-Z])"
)


def _split_inline(text: str, line: _Line) -> list[_Line]:
    """A line cut at the members of a list that runs on inside it: '1) … 2) …', '…   -  …', '…; 2.Midline …'."""
    if line.end - line.content < 12:
        return [line]
    words = text[line.content : line.end]
    if ":" in words:
        blocks = list(_PDQ.finditer(words))
        if len(blocks) > 1 or (blocks and _PDQ_TITLE.match(words)):
            return _cut_blocks(text, line, blocks)
    cuts = _bullet_cuts(words)
    if cuts:
        return _cut(text, line, cuts, "-")
    cuts = _sequence(words, _INLINE_NUMBER, line.number)
    if cuts:
        return _cut(text, line, cuts, "number")
    if ":" in words:
        cuts = _sequence(words, _INLINE_LETTER, line.number, letters=True)
        if cuts:
            return _cut(text, line, cuts, "letter")
    return [line]


def _bullet_cuts(words: str) -> list[tuple[int, int, str]]:
    if "  " not in words and not any(mark in words for mark in "•●▪■*"):
        return []
    return [(m.start(), m.end(), "") for m in _INLINE_BULLET.finditer(words) if m.start() > 0 and "\n" not in m.group()]


def _sequence(
    words: str, pattern: re.Pattern[str], number: str, *, letters: bool = False
) -> list[tuple[int, int, str]]:
    """Cuts at consecutive markers: from 1 when the line has none, from 2 on when its own marker is 1."""
    own = number.rsplit(".", maxsplit=1)[-1] if number else ""
    wanted = (
        ord(own.lower()) - 96 + 1
        if letters and len(own) == 1 and own.isalpha()
        else int(own) + 1
        if own.isdigit()
        else 1
    )
    first, cuts = wanted, []
    for found in pattern.finditer(words):
        value = ord(found[1]) - 96 if letters else int(found[1])
        if value == wanted and _stands_free(
            words, found.start(), closed=words[found.start() : found.end()].rstrip()[-1] == ")"
        ):
            cuts.append((found.start(), found.end(), found[1]))
            wanted += 1
        elif value == 1 and wanted != first and not letters:
            break
    enough = 2 if first == 1 else 1
    return cuts if len(cuts) >= enough else []


def _stands_free(words: str, at: int, *, closed: bool) -> bool:
    """Whether a marker begins a member: after punctuation or at the start; "2)" also after a plain space."""
    before = words[:at].rstrip() if at < 40 else words[at - 40 : at].rstrip()
    if not before or before[-1] in ";:.,)\n":
        return True
    return closed and not re.search(r"(?:grade|class|stage|type|grades|[<>≤≥=/(-]|or|and|to)$", before, re.IGNORECASE)


def _cut_blocks(text: str, line: _Line, blocks: list[re.Match[str]]) -> list[_Line]:
    """PDQ blocks printed on one line, as headings over what follows them."""
    parts: list[_Line] = []
    if blocks[0].start() > 0:
        parts.append(
            replace_end(line, line.content + len(text[line.content : line.content + blocks[0].start()].rstrip()))
        )
    stops = [*(block.start() for block in blocks[1:]), line.end - line.content]
    for block, stop in zip(blocks, stops, strict=True):
        start, end = line.content + block.start(), line.content + block.end()
        parts.append(_Line(start, end, line.indent, "", "", start, False))
        words = text[end : line.content + stop]
        begin = end + len(words) - len(words.lstrip())
        if words.strip():
            parts.append(_Line(begin, end + len(words.rstrip()), line.indent + 2, "-", "", begin, False))
    return parts


def _cut(text: str, line: _Line, cuts: Sequence[tuple[int, int, str]], kind: str) -> list[_Line]:
    parts: list[_Line] = []
    edges = [*cuts, (line.end - line.content, line.end - line.content, "")]
    lead_end = line.content + cuts[0][0]
    lead = text[line.content : lead_end].rstrip()
    if lead.strip(" -*•"):
        parts.append(replace_end(line, line.content + len(lead)))
    deeper = (
        line.indent + 2 if lead.endswith(":") or (line.kind and line.kind != kind and kind != "number") else line.indent
    )
    for (_, begin, number), (stop, _, _) in zip(edges, edges[1:], strict=False):
        words = text[line.content + begin : line.content + stop].rstrip()
        if words.strip(" ;,.-*"):
            start = line.content + begin
            inner, inner_number, content = _marker(text, start, start + len(words))
            del inner
            mark = kind if lead.endswith(":") or not line.kind else line.kind
            parts.append(_Line(start, start + len(words), deeper, mark, number or inner_number, content, False))
    return parts


def replace_end(line: _Line, end: int) -> _Line:
    return _Line(line.start, end, line.indent, line.kind, line.number, line.content, line.blank_before)


# ── Arrangement ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_heading(words: str) -> bool:
    words = words.strip(" *#_\\-")
    if words.endswith(":"):
        return True
    return len(words) <= 110 and bool(_HEADING.match(words) or (_CAPITALS.match(words) and len(words.split()) > 1))


def _arrange(text: str, lines: list[_Line], section: str, above: tuple[str, ...]) -> list[Item]:
    items: list[Item] = []
    stack: list[_Heading] = []
    joiner = False
    for index, line in enumerate(lines):
        words = text[line.content : line.end]
        if _OR_ALONE.fullmatch(words) and items:
            joiner = True
            continue
        if _AND_ALONE.fullmatch(words):
            continue
        _pop(stack, line, heading=_is_heading(words))
        if stack and stack[-1].first_child is None:
            stack[-1].first_child = line.kind
        heads = _is_heading(words) and _has_children(lines, index)
        leads = heads or _leads(lines, index)
        if not heads or re.search(r"\d", words):
            items.append(_item(text, line, section, above, stack))
            if joiner or (_STARTS_OR.match(words) and len(items) > 1):
                _join(items, text)
        joiner = False
        if leads:
            capitals = not line.kind and words.strip(" :*").isupper()
            stack[:] = [] if capitals else stack
            stack.append(_Heading(line, words.strip(" *#_\\")))
    return _relate(items, text)


def _pop(stack: list[_Heading], line: _Line, *, heading: bool) -> None:
    del stack[8:]  # nobody nests deeper; a hostile text might
    while stack:
        top = stack[-1]
        if heading and not line.kind and not top.line.kind and _CAPITALS.match(top.text.rstrip(" :")):
            return
        same = line.indent == top.line.indent
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


def _leads(lines: list[_Line], index: int) -> bool:
    """Whether bullets stand deeper right below a line that has no colon."""
    return index + 1 < len(lines) and bool(lines[index + 1].kind) and lines[index + 1].indent > lines[index].indent


def _has_children(lines: list[_Line], index: int) -> bool:
    if index + 1 >= len(lines):
        return False
    line, below = lines[index], lines[index + 1]
    if below.indent > line.indent:
        return True
    if below.indent < line.indent:
        return bool(not line.kind)
    return line.kind != below.kind or not line.kind


def _item(text: str, line: _Line, section: str, above: tuple[str, ...], stack: list[_Heading]) -> Item:
    polarity = SECTIONS[section]
    relation, group = "", -1
    for heading in stack:
        if heading.text.endswith(":") or _is_heading(heading.text):
            polarity = _polarity_under(heading.text, polarity)
        group = heading.line.start
        relation = "any" if _ANY.search(heading.text) else "all" if _ALL.search(heading.text) else ""
    headings = (*above, *(heading.text for heading in stack))
    spans = tuple(Span(heading.line.content, heading.line.end) for heading in stack)
    return Item(Span(line.content, line.end), section, polarity, line.number, headings, spans, relation, group)


def _polarity_under(heading: str, polarity: Polarity) -> Polarity:
    """The polarity that a lead gives its members: 'Patients with any of these are excluded:', 'Eligible if:'."""
    if polarity is Polarity.INCLUSION and _FLIPS.search(heading) and not _UNFLIPS.search(heading):
        return Polarity.EXCLUSION
    if polarity is Polarity.EXCLUSION and _UNFLIPS.search(heading) and not re.search(r"(?i)\bnot\b|\bexclu", heading):
        return Polarity.INCLUSION
    return polarity


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
        ending = [index for index, tail in enumerate(tails[:-1]) if _ENDS_OR.search(tail)]
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
