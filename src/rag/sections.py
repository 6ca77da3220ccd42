"""The sections of a record: their names, order and printed headings, and how eligibility text is split into lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

INCLUSION = "eligibility.inclusion"
EXCLUSION = "eligibility.exclusion"
UNHEADED = "eligibility.unheaded"
FIELDS = "eligibility.fields"

# In text order. The label is printed above a section and embedded with its passages.
SECTION_LABELS: Mapping[str, str] = {
    "identification": "Identification",
    "summary": "Brief Summary",
    "description": "Detailed Description",
    "conditions": "Conditions",
    "design": "Study Design",
    "arms": "Study Arms",
    "interventions": "Interventions",
    "outcomes": "Outcome Measures",
    INCLUSION: "Inclusion Criteria",
    EXCLUSION: "Exclusion Criteria",
    UNHEADED: "Eligibility Criteria",
    FIELDS: "Age, Sex and Healthy Volunteers",
    "sponsors": "Sponsors and Officials",
    "locations": "Locations",
    "contacts": "Contacts",
    "dates": "Status and Dates",
    "other": "Other Information",
}

_LONGEST_HEADING = 170  # characters: the longest real one in 47,000 records, "Participants … if any …:", has 160
# "  * ", "5.1 ", "A. ", "IV) ", "**": what may stand before the words of a heading.
_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|[A-Z][.)]|[IVX]{1,4}[.)])[ \t]{1,4}"
_MARKER = re.compile(rf"[ \t>#*•·_\u2013-]{{0,24}}(?:{_NUMBER})?[*_]{{0,3}}")
_BULLET = re.compile(r"[ \t]{0,40}(?:[*•·-]|\d{1,2}[.)])")
_COLON = re.compile(r"[:：]")
_FULL_STOP = re.compile(r"(?<= following criteria)\.[ \t]*$")  # a full stop for a colon
_WORD = re.compile(r"[a-z]+")
# "Exclusion Criteria (these are general; details are in the protocol):"
_REMARK = re.compile(r"(?<=clusion criteria) ?\((?:the|these|this|details?|full|please|more|note)\b[^()]*\)")
_SENTENCE_END = re.compile(r"[.;!?] +[A-Z]")  # "… study drug. Exclusion Criteria: …" is told by _INLINE
# The three lists of older oncology records. They are requirements under no inclusion header.
_PDQ = re.compile(r"(?:DISEASE CHARACTERISTICS|PATIENT CHARACTERISTICS|PRIOR CONCURRENT THERAPY)\b")
# "… study drug. Exclusion Criteria: 1. …": a heading run into the line before it. A capital is required, and a colon
# or the end of the line, so not "meets the exclusion criteria:". Behind the end of a sentence a person will do:
# "… protocol. Exclusion Criteria Patients who …". "… and stratification Exclusion" ends its line.
_INLINE = re.compile(
    r"(?:(?<=[.;:)\]])|(?<=[a-z\d%] ))[ \t]{0,8}[*-]{0,2}[ \t]{0,8}"
    r"((?:(?:Key|Main|Major|KEY|MAIN|MAJOR) )?(?:(In|IN)|(?:Ex|EX|Non-[Ii]n|NON-IN))(?:clusion|CLUSION) "
    r"(?:[Cc]riteria|CRITERIA)(?: ?[:：]|(?=[ \t]*$)))"
    r"|(?<=[.;)\]] )(Exclusion Criteria(?= (?:Participants|Patients|Subjects|Individuals|Any) ))"
    r"|(?<=[a-z\d.)] )((?:Exclusion|EXCLUSION)(?=[ \t]*$))"
)
_INLINE_NOT_AFTER = re.compile(
    r"\b(?:the|see|of|any|all|meets?|per|following|these|and|or|in|no|other|under|with|to|from|as|for|by|on)[ \t]$"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of eligibility text under one heading; offsets count in that text, the heading is left out."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Heading:
    name: str
    start: int
    end: int  # where the list begins
    indent: int = 0  # 0 for a heading that is not an indented bullet


def split_criteria(text: str) -> tuple[Part, ...]:
    """The lists of eligibility text in order, by their printed headings; text under no header is `unheaded`.

    A name may come more than once. Empty lists are left out; all other text but the headings is covered.
    """
    parts: list[Part] = []
    stack: list[tuple[int, str]] = [(0, UNHEADED)]
    start = 0
    for heading in _headings(text):
        _append(parts, text, Part(stack[-1][1], start, heading.start))
        while len(stack) > 1 and stack[-1][0] >= heading.indent:
            stack.pop()
        if heading.indent == 0:
            stack = [(0, heading.name)]
        elif heading.name:
            stack.append((heading.indent, heading.name))
        start = heading.end
    _append(parts, text, Part(stack[-1][1], start, len(text)))
    return tuple(parts)


def _append(parts: list[Part], text: str, part: Part) -> None:
    body = text[part.start : part.end]
    start = part.start + len(body) - len(body.lstrip())
    end = part.end - (len(body) - len(body.rstrip()))
    if start < end and any(character.isalnum() for character in text[start:end]):
        parts.append(Part(part.name, start, end))


def _headings(text: str) -> Iterator[_Heading]:
    """Every heading in order; one with an empty name ends the indented list above it."""
    state, nested, at = UNHEADED, 0, 0
    for line in text.split("\n"):
        found: list[_Heading] = []
        if line.strip():
            indent = len(line) - len(line.lstrip())
            if nested and indent < nested:
                yield _Heading("", at, at, nested)
                nested = 0
            found = list(_headings_in(line, state))
        for heading in found:
            nested = heading.indent or (0 if heading.start == 0 or not nested else nested)
            state = heading.name
            yield _Heading(heading.name, at + heading.start, at + heading.end, heading.indent)
        at += len(line) + 1


def _headings_in(line: str, state: str) -> Iterator[_Heading]:
    lower = line.lower()
    pdq = _PDQ.match(line.lstrip(" *-"))
    if pdq and state != INCLUSION:
        if state == EXCLUSION:
            yield _Heading(UNHEADED, 0, 0)
        state = UNHEADED
    start = 0
    heading = _heading(line, lower, state) if not pdq else None
    if heading:
        yield heading
        start = heading.end
    if "clusion" in lower[start:]:
        for match in _INLINE.finditer(line, start):
            at = match.start(match.lastindex or 0)
            if at > start and not _INLINE_NOT_AFTER.search(line, max(start, at - 12), at):
                yield _Heading(INCLUSION if match[2] else EXCLUSION, at, match.end())


def _heading(line: str, lower: str, state: str) -> _Heading | None:
    """The heading that begins `line`, or None for a criterion or prose."""
    words = _vocabulary()
    begin = _MARKER.match(line).end()  # type: ignore[union-attr]
    colon = _COLON.search(line, begin) or _FULL_STOP.search(line, begin)
    if colon is None and len(line) > _LONGEST_HEADING:
        return None
    end = colon.start() if colon else len(line)
    if end - begin > _LONGEST_HEADING:
        return None
    head = _WORD.findall(_REMARK.sub(" ", lower[begin:end]))
    if not head or _SENTENCE_END.search(line, begin, end):
        return None
    rest = line[colon.end() :].strip(" *_") if colon else ""
    bullet = _BULLET.match(line)
    name = words.name_of(head, _Form(colon is not None, bool(rest), bullet is not None), state)
    if name is None:
        return None
    indent = len(line) - len(line.lstrip()) if bullet else 0
    stop = colon.end() if colon else len(line)
    while stop < len(line) and line[stop] in " *_\t":
        stop += 1
    return _Heading(name, 0, stop, indent)


@dataclass(frozen=True, slots=True)
class _Form:
    """How the words of a line head are printed."""

    has_colon: bool
    has_rest: bool  # words after the colon
    in_bullet: bool


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    inclusion: frozenset[str]
    exclusion: frozenset[str]
    criteria: frozenset[str]
    modifiers: frozenset[str]
    qualifiers: frozenset[str]
    remarks: frozenset[str]
    persons: frozenset[str]
    bare: Mapping[str, str]

    def name_of(self, head: list[str], form: _Form, state: str) -> str | None:
        """The list that the words of a line head, or None."""
        opens_list = form.has_colon and not form.has_rest
        if opens_list and head[0] in self.bare and (len(head) == 1 or head[0] == "excluded") and len(head) <= 12:
            if form.in_bullet and head[0] == "contraindications":
                return None  # an item with kinds below it; the list goes on behind
            return f"eligibility.{self.bare[head[0]]}"
        kernel = self._kernel(head)
        if kernel:
            name, first, last = kernel
            if self._is_title(head[:first], head[last:], form):
                return name
        if opens_list and not form.in_bullet:
            return self._sentence(head, kernel[0] if kernel else None, state)
        return None

    def _kernel(self, head: list[str]) -> tuple[str, int, int] | None:
        """The list named by the first 'inclusion criteria' and the like, with the word range that names it."""
        sides = [n for n, word in enumerate(head) if word in self.inclusion or word in self.exclusion]
        nouns = [n for n, word in enumerate(head) if word in self.criteria]
        if not sides:
            plain = nouns and head[: nouns[0]] in (["eligibility"], ["selection"])
            return (UNHEADED, 0, nouns[0] + 1) if plain else None
        first, last = sides[0], sides[-1]
        both = {self._side(head, n) for n in sides}
        name = both.pop() if len(both) == 1 else UNHEADED
        start = first - (head[first - 1] == "non" if first else 0)
        near = [n for n in nouns if start - 2 <= n <= last + 1]  # 'criteria for inclusion', 'inclusion criteria'
        if near:
            return name, min(first, near[0]), max(last, near[-1]) + 1
        alone = head[first] in {"inclusion", "exclusion", "inclusions", "exclusions"} and first == len(head) - 1
        return (name, first, last + 1) if alone and len(head) <= 2 else None

    def _side(self, head: list[str], at: int) -> str:
        if head[at] in self.exclusion or (at and head[at - 1] == "non"):
            return EXCLUSION
        return INCLUSION

    def _is_title(self, before: list[str], after: list[str], form: _Form) -> bool:
        if self.remarks.intersection(before) or self.remarks.intersection(after):
            return False
        modifiers = [word for word in before if word != "non"]
        known = all(word in self.modifiers for word in modifiers)
        if not after:
            most = 2 if form.in_bullet else 6
            return known or (form.has_colon and not (form.in_bullet and form.has_rest) and len(modifiers) <= most)
        return known and after[0] in self.qualifiers and len(after) <= (18 if form.has_colon else 8)

    def _sentence(self, head: list[str], kernel: str | None, state: str) -> str | None:
        """'Patients will be excluded if any of the following apply:', 'Each subject must meet these criteria:'."""
        words = set(head)
        if head[0] in self.persons and len(head) <= _SHORT_SENTENCE and head[-1] in _OPENS_LIST:
            if head[1:3] == ["must", "have"] and "none" not in words:  # 'Patients must have:' ends a list of exclusions
                return INCLUSION if state == EXCLUSION else None
            if head[1:4] in (["may", "not", "have"], ["must", "not", "have"]):
                return EXCLUSION if state != EXCLUSION else None
        if kernel == UNHEADED or not words & (self.persons | {"following", "any", "if"}):
            return None
        if kernel == INCLUSION and not _is_negated(head):
            return INCLUSION
        refused = bool(words & {"excluded", "exclude", "exclusion", "exclusionary", "ineligible"})
        if kernel == EXCLUSION or refused or _is_negated(head):  # a second "none of the following" turns nothing round
            return EXCLUSION if state != EXCLUSION or "none" in words else None
        required = words & {"criteria", "eligible", "requirements"} and words & {"following", "all", "these"}
        return INCLUSION if required and state == UNHEADED and words & self.persons else None


_SHORT_SENTENCE = 7
_OPENS_LIST = frozenset({"have", "following", "be", "conditions", "criteria"})


def _is_negated(head: list[str]) -> bool:
    """Whether the words say 'not eligible', 'cannot be enrolled', 'none of the following'; not 'is not pregnant'."""
    entering = {"eligible", "enter", "enrolled", "participate", "included"}
    return ("none" in head and "or" not in head) or any(
        word in {"not", "cannot"} and entering.intersection(head[n + 1 : n + 3]) for n, word in enumerate(head)
    )


@cache
def _vocabulary() -> _Vocabulary:
    source = resources.files("rag").joinpath("data/headings.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)["eligibility"]
    bare: dict[str, str] = table.pop("bare")
    return _Vocabulary(bare=bare, **{key: frozenset(words) for key, words in table.items()})
