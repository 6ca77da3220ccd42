"""Lists inside one line: '1) … 2) …', '…   -  …', PDQ blocks without line breaks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from rag.criteria.lines import Line, is_wrapped, marker, raw_lines
from rag.types import Span


def lines_of(text: str, span: Span) -> list[Line]:
    raw = list(raw_lines(text, span))
    width = max((line.end - line.start + line.indent for line in raw), default=0)
    joined: list[Line] = []
    for line in raw:
        if joined and not line.kind and not line.blank_before and is_wrapped(text, joined[-1], line, width):
            joined[-1].end = line.end
        else:
            joined.append(line)
    return list(_with_outer_numbers(text, [part for line in joined for part in _split_inline(text, line)]))


_OUTER = re.compile(r"[.;)] (\d{1,2})\\?\. (?=[A-Z][a-z])")


def _with_outer_numbers(text: str, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, those below a numbered one cut at the number after its own: '7. …:' / '* … with 2 drugs. 8. Age …'."""
    outer: Line | None = None
    for whole in lines:
        line = whole
        if line.kind == "number" and line.number.isdigit():
            outer = line
        elif outer is not None and (line.indent > outer.indent or "." in line.number):
            for found in _OUTER.finditer(text, line.content, line.end):
                if int(found[1]) == int(outer.number) + 1:
                    yield replace_end(line, found.start() + 1)
                    outer = Line(found.start(1), line.end, outer.indent, "number", found[1], found.end(), False)
                    line = outer
        yield line


_PDQ_TITLE = re.compile(r"(?:DISEASE|PATIENT) CHARACTERISTICS:|PRIOR[ /]CONCURRENT THERAPY:")


# the headings of PDQ abstracts, run together: "PATIENT CHARACTERISTICS: Age: 18 and over Performance status: ECOG 0-2"
_PDQ = re.compile(
    r"(?:^|(?<=[\s.;]))(?:(?:DISEASE|PATIENT) CHARACTERISTICS|PRIOR[ /]CONCURRENT THERAPY|Age|Sex|Menopausal status"
    r"|Performance status|Life expectancy|Hematopoietic|Hepatic|Renal|Cardiovascular|Pulmonary|Immunologic|Neurologic"
    r"|Gastrointestinal|Metabolic|Other|Biologic therapy|Chemotherapy|Endocrine therapy|Radiotherapy|Surgery"
    r"|Hormone receptor status):(?=\s)"
)


_INLINE_NUMBER = re.compile(r"(?:(?<=[\s;.,:])|^)\(?(\d{1,2})\s?(?:\\?[.](?=\s?[^\d\s])|\))\s*(?=\S)")


_NUMBERED = re.compile(r"\d\s?\\?[.)]")  # what each of these holds


_INLINE_LETTER = re.compile(r"(?:(?<=[\s;.,:])|^)\(?([a-h])\)\s*(?=\S)")


_ENDS_OR = re.compile(r"(?i)\bor\W{0,3}$")
_STAR = re.compile(r" \\?\* ")  # the line feed before a sibling was lost: '* Platelets ≥ 75 * Creatinine ≤ 1.5'
_INLINE_BULLET = re.compile(
    r"\s{2,}\\?[-*•]\s+(?=\S)|\s*[•●▪■]\s*|\s{3,}(?=\d{1,2}\\?[.)]\s)|(?<=[;.])\s?\\?\*\s+(?=[A-Z])"
    # "… of normal * Creatinine within …", but not "2 * ULN", "(140 - age) * Weight"
    r"|(?<=[\w)\]%+]) \\?\* (?=[A-Z])(?!(?:[UIL]{1,2}LN|UNL|Upper|Lower|Institutional|Weight|Height|Age|Body|Mass"
    r"|Normal|Less|Greater|More|At least|Up to|If|Unless|Except|Or|And)\b)"
)


def _split_inline(text: str, line: Line) -> list[Line]:
    """A line cut at the members of a list that runs on inside it: '1) … 2) …', '…   -  …', '…; 2.Midline …'."""
    if line.end - line.content < 12:
        return [line]
    words = text[line.content : line.end]
    if ":" in words:
        blocks = list(_PDQ.finditer(words))
        run_on = bool(blocks) and blocks[0].start() > 0 and "PATIENT CHARACTERISTICS: " in text  # '… x ULN Other: No …'
        if len(blocks) > 1 or run_on or (blocks and _PDQ_TITLE.match(words)):
            return _cut_blocks(text, line, blocks)
    cuts = _bullet_cuts(words)
    if cuts:
        starred = all(_STAR.match(words, start) for start, _, _ in cuts)
        parts = _cut(text, line, cuts, (starred and line.kind) or "-")
        for before, part in itertools.pairwise(parts):
            part.joined = starred and not _ENDS_OR.search(text, max(before.start, before.end - 8), before.end)
        return parts
    numbered = _cut_numbers(text, line, words) if "." in words or ")" in words else []
    if numbered:
        return numbered
    if ":" in words and ")" in words:
        cuts = _sequence(words, _INLINE_LETTER.finditer(words), line.number, letters=True)
        if cuts:
            return _cut(text, line, cuts, "letter")
    return [line]


def _cut_numbers(text: str, line: Line, words: str) -> list[Line]:
    """The line cut at '1) … 2) …', or at the numbers of an outer list that goes on in it; [] where there are none."""
    if not _NUMBERED.search(words):
        return []
    markers = list(_INLINE_NUMBER.finditer(words))
    cuts = _sequence(words, markers, line.number)
    outer = [] if cuts or line.number else _headless(words, markers)
    parts = _cut(text, line, cuts or outer, "number") if cuts or outer else []
    for part in parts[1:] if outer else ():
        part.joined = bool(line.kind)  # '* Any other sarcoma. 6. ECOG ≤ 1. 7. …'
    return parts


def _bullet_cuts(words: str) -> list[tuple[int, int, str]]:
    if "  " not in words and not any(mark in words for mark in "•●▪■*"):
        return []
    return [(m.start(), m.end(), "") for m in _INLINE_BULLET.finditer(words) if m.start() > 0 and "\n" not in m.group()]


def _sequence(
    words: str, markers: Iterable[re.Match[str]], number: str, *, letters: bool = False
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
    first = wanted
    cuts: list[tuple[int, int, str]] = []
    for found in markers:
        value = ord(found[1]) - 96 if letters else int(found[1])
        closed = words[found.start() : found.end()].rstrip()[-1] == ")"
        goes_on = (bool(cuts) or first > 1) and not letters and _goes_on(words, found.start(), found.end())
        if value == wanted and (goes_on or _stands_free(words, found.start(), closed=closed)):
            cuts.append((found.start(), found.end(), found[1]))
            wanted += 1
        elif value == 1 and wanted != first and not letters:
            break
    enough = 2 if first == 1 else 1
    return cuts if len(cuts) >= enough else []


def _headless(words: str, markers: Sequence[re.Match[str]]) -> list[tuple[int, int, str]]:
    """Cuts at '2. … 3. … 4. …' of a list whose first number is missing: three in order at least."""
    cuts: list[tuple[int, int, str]] = []
    for found in markers if len(markers) > 1 else ():
        if int(found[1]) == len(cuts) + 2 and words[found.end()].isupper() and words[found.start() - 1] in " \n":
            cuts.append((found.start(), found.end(), found[1]))
        elif int(found[1]) == 1:
            return []
    return cuts if len(cuts) >= 3 else _going_on(words, markers)


def _going_on(words: str, markers: Sequence[re.Match[str]]) -> list[tuple[int, int, str]]:
    """Cuts at '… (INR) < 1.5. 12. The … 13. Females …': two numbers in order at least, each behind a full stop."""
    cuts: list[tuple[int, int, str]] = []
    for found in markers if len(markers) > 1 else ():
        free = words[max(0, found.start() - 2) : found.start()].rstrip()[-1:] in (".", ")", ";")
        if not free or found.end() >= len(words) or not words[found.end()].isupper() or int(found[1]) < 2:
            continue
        if cuts and int(found[1]) != int(cuts[-1][2]) + 1:
            cuts = cuts if len(cuts) > 1 else []
        if not cuts or int(found[1]) == int(cuts[-1][2]) + 1:
            cuts.append((found.start(), found.end(), found[1]))
    return cuts if len(cuts) > 1 else []


def _stands_free(words: str, at: int, *, closed: bool) -> bool:
    """Whether a marker begins a member: after punctuation or at the start; "2)" also after a plain space."""
    before = words[:at].rstrip() if at < 40 else words[at - 40 : at].rstrip()
    if not before or before[-1] in ";:.,)\n":
        return True
    return closed and not re.search(r"(?:grade|class|stage|type|grades|[<>≤≥=/(-]|or|and|to)$", before, re.IGNORECASE)


_TIED = re.compile(
    r"(?:grades?|class|stages?|type|version|status|score|ps|ecog|nyha|phases? (?:of|and|or)|[<>≤≥=/(-]|or|and"
    r"|to|of|than|day|week|visit|table|figure|appendix|section|criteri(?:on|a))$",
    re.IGNORECASE,
)


def _goes_on(words: str, start: int, end: int) -> bool:
    """Whether the number that comes next in a list stands between a word and a capital: '… run-in phase 5. Renal'."""
    before = words[max(0, start - 30) : start].rstrip()
    return words[end].isupper() and words[start - 1] in " \n" and not _TIED.search(before)


def _cut_blocks(text: str, line: Line, blocks: list[re.Match[str]]) -> list[Line]:
    """PDQ blocks printed on one line, as headings over what follows them."""
    parts: list[Line] = []
    if blocks[0].start() > 0:
        parts.append(
            replace_end(line, line.content + len(text[line.content : line.content + blocks[0].start()].rstrip()))
        )
    stops = [*(block.start() for block in blocks[1:]), line.end - line.content]
    for block, stop in zip(blocks, stops, strict=True):
        start, end = line.content + block.start(), line.content + block.end()
        parts.append(Line(start, end, line.indent, "", "", start, False))
        words = text[end : line.content + stop]
        begin = end + len(words) - len(words.lstrip())
        if words.strip():
            parts.append(Line(begin, end + len(words.rstrip()), line.indent + 2, "-", "", begin, False))
    return parts


def _cut(text: str, line: Line, cuts: Sequence[tuple[int, int, str]], kind: str) -> list[Line]:
    parts: list[Line] = []
    edges = [*cuts, (line.end - line.content, line.end - line.content, "")]
    lead_end = line.content + cuts[0][0]
    lead = text[line.content : lead_end].rstrip()
    if lead.strip(" -*•"):
        parts.append(replace_end(line, line.content + len(lead)))
    deeper = line.indent + 2 if lead.endswith(":") or (line.kind and kind not in (line.kind, "number")) else line.indent
    for (_, begin, number), (stop, _, _) in itertools.pairwise(edges):
        words = text[line.content + begin : line.content + stop].rstrip()
        if words.strip(" ;,.-*"):
            start = line.content + begin
            inner, inner_number, content = marker(text, start, start + len(words))
            del inner
            mark = kind if lead.endswith(":") or not line.kind else line.kind
            parts.append(Line(start, start + len(words), deeper, mark, number or inner_number, content, False))
    return parts


def replace_end(line: Line, end: int) -> Line:
    return Line(line.start, end, line.indent, line.kind, line.number, line.content, line.blank_before)
