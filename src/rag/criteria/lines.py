"""Printed lines of eligibility text: markers, wrapped lines joined, lists run together cut apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.types import Span


@dataclass(slots=True)
class Line:
    """One printed line, or one member of an inline list: `kind` is the class of its marker ('' for none)."""

    start: int
    end: int
    indent: int
    kind: str
    number: str
    content: int  # where the words begin
    blank_before: bool
    joined: bool = False  # it stood behind a star in the line of another item: its level was lost


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
    | (?:excluded|required|allowed|permitted|prohibited)\s*
    | (?:(?:related|sibling|family|stem\s+cell|marrow)\s+)?(?:donors?|recipients?)
        \s+(?:eligibility|inclusion|exclusion|selection|entry)(?:\s+criteri\w+)?\s*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)


# "Patients will not be included if any of the following conditions are present", over a list, without a colon
_FOLLOWING_HOLD = re.compile(
    r"(?i)[^.;:<>≤≥]{0,90}\b(?:any|one|all|either|none)(?: or more)? of the following\b[^.;:<>≤≥]{0,40}"
    r"\b(?:present|met|true|appl(?:y|ies)|exists?|fulfilled|satisfied)$"
)


CAPITALS = re.compile(r"[A-Z][A-Z0-9 /,&()-]{5,70}$")


_COMPARES = re.compile(r">\s?[=/\d]")


def raw_lines(text: str, span: Span) -> Iterator[Line]:
    blank, at = True, span.start
    while at < span.end:
        end = text.find("\n", at, span.end)
        end = span.end if end < 0 else end
        start = at
        while start < end and (text[start] in " \t\r\xa0" or (text[start] == ">" and not _COMPARES.match(text, start))):
            start += 1  # a mark of quoting, but not the comparison of "> 18 years"
        stop = end
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        if start < stop:
            # the first line of a section may begin after its heading on the same line
            line_start = text.rfind("\n", 0, at) + 1 if at == span.start else at
            kind, number, content = marker(text, start, stop)
            yield Line(start, stop, start - line_start, kind, number, content, blank)
        blank = start >= stop
        at = end + 1


def marker(text: str, start: int, stop: int) -> tuple[str, str, int]:
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


def is_wrapped(text: str, above: Line, line: Line, width: int) -> bool:
    """Whether a line without a marker goes on with the one above: its first word would not have fitted there."""
    last = text.rfind("\n", above.start, above.end) + 1 or above.start
    while last < above.end and text[last] in " \t":
        last += 1
    words_above = text[last : above.end]
    if _HANGS.search(words_above[-12:]) or (_CONTINUES.match(text, line.start) and not is_heading(words_above)):
        return True
    if is_heading(words_above) or is_heading(text[line.start : line.end]):
        return False
    first = text[line.start : line.end].split(None, 1)[0]
    if width <= 110:
        return len(words_above) + above.indent + 1 + len(first) > min(width, 100) - 4 and width >= 60
    return text[line.start].islower() and len(words_above) > 60 and words_above[-1] not in ".;:"


_PEOPLE_ALONE = frozenset(
    ["PATIENTS", "CONTROLS", "VOLUNTEERS", "DONORS", "RECIPIENTS", "Healthy Volunteers", "Healthy volunteers",
     "Normal Volunteers", "Normal volunteers", "Healthy Controls", "Healthy controls", "Healthy Subjects",
     "Healthy subjects"]
)  # fmt: skip


@lru_cache(maxsize=256)  # asked thrice of each line, one after the other
def is_heading(words: str) -> bool:
    words = words.strip(" *#_\\-")
    if words.endswith(":"):
        return True
    if words in _PEOPLE_ALONE or (len(words) <= 140 and _FOLLOWING_HOLD.match(words)):
        return True
    return len(words) <= 110 and bool(_HEADING.match(words) or (CAPITALS.match(words) and len(words.split()) > 1))


# "4. Patients with AML:" on the level of the numbered items that follow
_PEOPLE_LABEL = re.compile(
    r"(?i)(?:for |in )?(?:all )?(?:patients|participants|subjects|those|children|adults) (?:with|who have|on|receiving"
    r"|in) (?![^:]{0,80}\b(?:following|these|below|criteria)\b)[^:;<>≤≥]{2,80}"
    r"(?<!e\.g\.)(?<!i\.e\.)(?<! of)(?<!except):$"
)


def people_labels(text: str, lines: list[Line]) -> set[int]:
    """The lines that divide one flat list among several kinds of people: '1. Patients with ALL:' … '4. Patients …'."""
    found = [
        index
        for index, line in enumerate(lines[:-1])
        if line.kind
        and text[line.end - 1] == ":"
        and (line.kind, line.indent) == (lines[index + 1].kind, lines[index + 1].indent)
        and _PEOPLE_LABEL.match(text, line.content, line.end)
    ]
    return set(found) if len(found) > 1 else set()
