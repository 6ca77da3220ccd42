"""What a question says is done to a person, with one plain verb: 'show smokers the door' is 'exclude smokers'.

A row of `data/demands.toml` is a frame: the forms of its verbs, where their object stands, and the plain verb. The
rows are few; the verbs, nouns and turns in them are the closed classes of English that refuse, let in, ask and mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, partial

from rag.planning.inflecting import forms
from rag.planning.tables import checked, read_table

_WORD = r"[\w'’/%<>≥≤=+-]+(?:[.,]\d+)*"
_ASKED = r"(?:which|what|whom|where|why|how|trials?|stud(?:y|ies)|protocols?)\b"
# Up to ten words that name no trial and ask nothing.
_OBJECT = rf"(?!whose\b)(?:(?!{_ASKED}){_WORD}\s+){{0,9}}?(?!{_ASKED}){_WORD}"
_PASSIVE = re.compile(r"\b(?:am|is|are|was|were|be|been|being|get|gets|got|getting)\s+(?:\w+ly\s+|not\s+)?$")


def said_plainly(text: str) -> str:
    """`text` with every frame of refusing, admitting, requiring and mentioning in its plain form."""
    for pattern, plain, verb in _frames():
        text = pattern.sub(partial(_plain, plain, verb), text)
    return text


def _plain(plain: str, verb: str, match: re.Match[str]) -> str:
    """The plain words for one place: the verb in the form that was found, the object as it was."""
    told = match.groupdict()
    if verb:
        passive = _PASSIVE.search(match.string[max(0, match.start() - 30) : match.start()]) is not None
        plain = plain.replace(f"<{verb}>", _form(told.get("verb") or "", verb, passive))
    after = " " if match[0][-1:].isspace() else ""
    return plain.replace("~", told.get("object") or "").replace("«»", told.get("kept") or "") + after


@cache
def _form(found: str, verb: str, passive: bool) -> str:
    plain, third, running, _, participle = forms(verb)
    found = found.casefold()
    if passive and not found.endswith("ing"):
        return participle
    return running if found.endswith("ing") else third if found.endswith("s") and not found.endswith("ss") else plain


@cache
def _frames() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """(pattern, plain words, plain verb) of every row."""
    frames = []
    for row in read_table("demands")["row"]:
        checked(row, file="demands", required=("said", "plain"))
        verb = re.search(r"<(\w+)>", row["plain"])
        frames.append((_pattern(row["said"]), row["plain"], verb[1] if verb else ""))
    return tuple(frames)


# In a row: '<verbs>', '@class', '~', a look-around that is left as it is, a bracket or a bar, a space.
_PARTS = re.compile(r"<([^<>=!]+)>|@(\w+)|(~)|(\(\?[^)]*\))|([{}|$«»])|(\s+)")
_GAP = r"(?:\s+|(?<!\S)|(?=[^\w\s]|$))"  # between two words, one of which may be missing

_SIGNS = {"{": "(?:", "}": ")", "|": "|", "$": r"(?=\s*(?:[.,;?!(]|$))", "«": "(?P<kept>", "»": ")"}


def _pattern(said: str) -> re.Pattern[str]:
    """A row in its own little language as a regular expression."""
    out, at = [], 0
    for part in _PARTS.finditer(said):
        out += [said[at : part.start()], _part(*part.groups())]
        at = part.end()
    body = "".join([*out, said[at:]])
    opened = r"(?<!\w)" if said.lstrip("{")[0].isalpha() or said.lstrip("{")[0] in "<@" else ""
    closed = "" if said.endswith(")") else r"(?!\w)"
    return re.compile(f"(?i){opened}{body}{closed}")


def _part(verbs: str, name: str, hole: str, look: str, sign: str, gap: str) -> str:
    if verbs:
        return f"(?P<verb>{_any_of(form for verb in verbs.split('|') for form in _forms_of(verb))})"
    if name:
        return f"(?:{_class_of(name)})"
    if hole:
        return f"(?P<object>{_OBJECT})"
    return look or _SIGNS.get(sign) or (_GAP if gap else "")


@cache
def _class_of(name: str) -> str:
    return _any_of(word.replace("_", " ") for word in read_table("demands")["class"][name].split())


def _forms_of(verb: str) -> Iterable[str]:
    """The forms of a verb of one or more words, of which the first changes."""
    head, _, rest = verb.partition(" ")
    return (f"{form} {rest}".strip() for form in forms(head))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted({word.replace(" ", r"\s+") for word in words}, key=lambda word: (-len(word), word)))
