"""Which sex the prose of a trial is closed to, where no registry field tells it: 'Female smokers', 'males excluded'."""

from __future__ import annotations

import re

from rag.types import Document, Quote, Span

_HEAD = (
    r"^[\s*•\d.()–-]{0,12}(?:must be |be )?"
    r"(?:(?:healthy|adult|young|older|pre-?menopausal|post-?menopausal|pregnant|non-?pregnant|infertile|only|ethnic"
    r"|chinese|japanese|korean|hispanic|black|caucasian|hiv[\s-](?:positive|infected)|diabetic|obese)\s){0,2}"
)
_OPENS = {
    "female": re.compile(rf"(?i){_HEAD}(?:females?|wom[ae]n|girls?)\b(?!['’/:])"),
    "male": re.compile(rf"(?i){_HEAD}(?:males?|m[ae]n|boys?)\b(?!['’/:])"),
}
_NAMES = {
    "female": re.compile(r"(?i)\b(?:females?|wom[ae]n|girls?|mothers?|ladies|wives|pregnan\w+)\b"),
    "male": re.compile(
        r"(?i)\b(?:males?|m[ae]n|boys?|fathers?|gentlemen|husbands?|partners?|both sexes|any gender|all genders)\b"
    ),
}
# 'Women must use contraception', 'Females of child-bearing potential', 'Women in part B': said of some, asked of nobody
_OF_SOME = re.compile(
    r"(?i)\b(?:must|should|if|unless|contracepti\w+|child-?\s?bearing|fertil\w+|reproductive|potential"
    r"|who [^.;]{0,60}\b(?:excluded|ineligible|not eligible)"
    r"|(?:in|for|of) (?:the )?(?:parts?|cohorts?|arms?|groups?|strat(?:um|a)|phases?|stages?) (?:[A-H]|[IVX]{1,4}|\d)"
    r"|transgender)\b"
)
_GROUP = r"(?: (?:sex|gender|patients|subjects|participants))?(?: (?:will be|are) excluded)?\W*$"
_LEFT_OUT = {
    "female": re.compile(rf"(?i)^[\s*•\d.()–-]{{0,12}}(?:females?|women){_GROUP}"),
    "male": re.compile(rf"(?i)^[\s*•\d.()–-]{{0,12}}(?:males?|men){_GROUP}"),
}
_OTHER = {"female": "male", "male": "female"}


def closed_by_its_words(sex: str, document: Document) -> Quote | None:
    """The line by which a trial is closed to a sex: one that opens with the other, where this one is never named."""
    if sex not in _OTHER:
        return None
    if any(field.name == "sex" for field in document.fields):
        return _wants_pregnant_women(document) if sex == "male" else None
    inclusion = [*_lines(document, "eligibility.inclusion"), *_lines(document, "eligibility.unheaded")]
    named = any(_NAMES[sex].search(line) for _, line in inclusion)
    for span, line in inclusion:
        demanded = _OPENS[_OTHER[sex]].search(line) and not _OF_SOME.search(_OPENS[_OTHER[sex]].sub("", line, count=1))
        if demanded and not named:
            return Quote(document.trial_id, span)
    left_out = (span for span, line in _lines(document, "eligibility.exclusion") if _LEFT_OUT[sex].search(line))
    return next((Quote(document.trial_id, span) for span in left_out), None)


def _wants_pregnant_women(document: Document) -> Quote | None:
    """The line that opens with the pregnant women whom a trial takes, where it names no man, child or partner."""
    inclusion = [*_lines(document, "eligibility.inclusion"), *_lines(document, "eligibility.unheaded")]
    if any(_OTHERS_TOO.search(line) for _, line in inclusion):
        return None
    spans = (span for span, line in inclusion if _PREGNANT_FIRST.search(line) and not _OF_SOME.search(line))
    return next((Quote(document.trial_id, span) for span in spans), None)


_PREGNANT_FIRST = re.compile(
    r"(?i)^[\s*•\d.()–-]{0,12}(?:healthy |adult )?pregnant (?:women|females?|mothers?|patients?)\b(?!['’/:])"
)
_OTHERS_TOO = re.compile(
    r"(?i)\b(?:males?|m[ae]n|boys?|fathers?|husbands?|partners?|couples?|newborns?|neonates?|infants?|babies|child(?:ren)?"
    r"|sexes|genders?|non-?pregnant|not pregnant|providers?|staff|midwi\w+|caregivers?|health ?(?:care )?workers?)\b"
)
# 'Male or female adults', 'men and women'
_BOTH = re.compile(
    rf"(?i){_HEAD}(?:(?:males?|m[ae]n)\s?(?:,|/|and/or|and|or)\s?(?:\w+\s)?(?:females?|wom[ae]n)"
    r"|(?:females?|wom[ae]n)\s?(?:,|/|and/or|and|or)\s?(?:\w+\s)?(?:males?|m[ae]n))\b(?! of (?:child|reproduct))"
)


def sexes_told(document: Document) -> tuple[str, Quote] | None:
    """ALL, FEMALE or MALE, as the field would say it, with the line of the prose; None where no line tells."""
    for sex, only in (("male", "FEMALE"), ("female", "MALE")):
        if (quote := closed_by_its_words(sex, document)) is not None:
            return only, quote
    both = (span for span, line in _lines(document, "eligibility.inclusion") if _is_of_both(line))
    return next((("ALL", Quote(document.trial_id, span)) for span in both), None)


def _is_of_both(line: str) -> bool:
    found = _BOTH.search(line)
    return found is not None and _OF_SOME.search(line[found.end() :]) is None


def _lines(document: Document, section: str) -> list[tuple[Span, str]]:
    """The lines of the sections of a name, each with its place without the blanks around it."""
    found = []
    for one in document.sections:
        at = one.span.start
        for line in document.text[one.span.start : one.span.end].split("\n") if one.name == section else ():
            start = at + len(line) - len(line.lstrip())
            if line.strip():
                found.append((Span(start, at + len(line.rstrip())), line))
            at += len(line) + 1
    return found
