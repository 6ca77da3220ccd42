"""Which sentences of a model may be shown: those that claim exactly what one claim, or a few claims in a row, say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.generation.reading import MARKER, markers, reduce

MAX_JOINED = 4  # claims that one sentence may join
MAX_SENTENCE_CHARS = 2_000
_THINKING = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_LABEL = re.compile(r"\s*(?:[-*•]\s+)?(?:S?\d{1,3}\s{0,2}[:.)]\s+)?")
# After a full stop, '?' or '!' and before a capital, a figure or a quotation mark: not after 'vs.', not inside '1.73'.
_SENTENCE_END = re.compile(
    r"(?<=[.?!])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bapprox\.)(?<!\bno\.)[ \t]+(?=[A-Z0-9\"“(])"
)
_MARKER_BLOCK = re.compile(r"(?:\s?\[\d{1,4}\])+")
_FIGURE = re.compile(r"\d")
_NEGATION = re.compile(r"\b(?:no|not|never|without|none|neither|nor)\b|n't\b", re.IGNORECASE)
_TRIAL_ID = re.compile(r"\bNCT\d+", re.IGNORECASE)


class Refused(StrEnum):
    """Why a sentence of a model was not shown. The sentence itself is never repeated."""

    MARKER = "it cites a number that does not belong there"
    TRIAL = "it names a trial that the evidence does not"
    NUMBER = "its numbers differ from the evidence"
    NEGATION = "it negates otherwise than the evidence"
    WORDS = "it says something that the evidence does not"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer: one sentence with its markers, and the blanks that follow it."""

    text: str
    gap: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer as it may be shown, how many model sentences stand in it, and why the others do not."""

    text: str
    shown: int
    refused: tuple[Refused, ...]
    kept: int  # claims shown in their deterministic wording


def pieces(text: str) -> tuple[Piece, ...]:
    """The sentences of a text in order; their texts and gaps join to exactly `text`."""
    found: list[Piece] = []
    for line in re.findall(r"[^\n]*\n+|[^\n]+$", text):
        body = line.rstrip("\n")
        at = 0
        for end in _SENTENCE_END.finditer(body):
            found.append(Piece(body[at : end.start()], end.group()))
            at = end.end()
        found.append(Piece(body[at:], line[len(body) :]))
    return tuple(found)


def sentences_of(reply: str) -> tuple[str, ...]:
    """The sentences of a model's reply, without thoughts, labels and bold marks; over-long ones are cut and refused."""
    plain = _THINKING.sub("", reply).replace("**", "")
    found = (_LABEL.sub("", piece.text, count=1).strip() for piece in pieces(plain))
    return tuple(sentence[: MAX_SENTENCE_CHARS + 1] for sentence in found if sentence)


def check(answer: str, reply: str) -> Checked:
    """The answer with every claim in the model's wording where that says the same, in its own wording elsewhere."""
    claims = pieces(answer)
    reduced = [reduce(claim.text.removeprefix("- ")) for claim in claims]
    taken: dict[int, tuple[int, str]] = {}  # first claim → (claims joined, model sentence)
    refused = []
    for sentence in sentences_of(reply):
        run = _run_said(sentence, claims, reduced, taken)
        if isinstance(run, Refused):
            refused.append(run)
        else:
            start, length = run
            taken[start] = (length, sentence)
    return _assembled(claims, taken, tuple(refused))


def _run_said(
    sentence: str, claims: Sequence[Piece], reduced: Sequence[tuple[str, ...]], taken: dict[int, tuple[int, str]]
) -> tuple[int, int] | Refused:
    if len(sentence) > MAX_SENTENCE_CHARS:
        return Refused.WORDS
    said = reduce(sentence)
    used = {at + n for at, (length, _) in taken.items() for n in range(length)}
    for start in range(len(claims)):
        joined: tuple[str, ...] = ()
        for length in range(1, min(MAX_JOINED, len(claims) - start) + 1):
            at = start + length - 1
            if at in used or (length > 1 and _stands_alone(claims[at - 1])):
                break
            joined += reduced[at]
            if said and joined == said:
                own = frozenset[int]().union(*(markers(claim.text) for claim in claims[start : at + 1]))
                return (start, length) if markers(sentence) <= own else Refused.MARKER
            if len(joined) > len(said):
                break
    return _why(sentence, claims)


def _stands_alone(claim: Piece) -> bool:
    """A list line or a sentence before a line end is not joined with what follows."""
    return "\n" in claim.gap or claim.text.startswith("- ")


def _why(sentence: str, claims: Sequence[Piece]) -> Refused:
    """The plainest reason, held against the claims that share its markers, or against all."""
    cited = markers(sentence)
    known = frozenset[int]().union(*(markers(claim.text) for claim in claims))
    if not cited <= known:
        return Refused.MARKER
    near = " ".join(c.text for c in claims if not cited or markers(c.text) & cited)
    trials = {t.upper() for t in _TRIAL_ID.findall(sentence)} - {t.upper() for t in _TRIAL_ID.findall(near)}
    if trials:
        return Refused.TRIAL
    figures = [word for word in reduce(sentence) if _FIGURE.search(word)]
    allowed = {word for word in reduce(near) if _FIGURE.search(word)}
    if any(figure not in allowed for figure in figures):
        return Refused.NUMBER
    if cited and bool(_NEGATION.search(sentence)) != bool(_NEGATION.search(near)):
        return Refused.NEGATION
    return Refused.WORDS


def _assembled(claims: Sequence[Piece], taken: dict[int, tuple[int, str]], refused: tuple[Refused, ...]) -> Checked:
    text, at, kept = "", 0, 0
    while at < len(claims):
        if at not in taken:
            text += claims[at].text + claims[at].gap
            kept += bool(claims[at].text.strip())
            at += 1
            continue
        length, sentence = taken[at]
        text += _with_markers(sentence, claims[at : at + length]) + claims[at + length - 1].gap
        at += length
    return Checked(text, len(taken), refused, kept)


def _marks_as_claimed(sentence: str, run: Sequence[Piece]) -> bool:
    """Whether a sentence that joins claims cites each one where its words end, all of its markers and no other."""
    blocks = list(_MARKER_BLOCK.finditer(sentence))
    said: tuple[str, ...] = ()
    if len(blocks) != len(run):
        return False
    for block, claim in zip(blocks, run, strict=True):
        said += reduce(claim.text)
        if MARKER.findall(block.group()) != MARKER.findall(claim.text) or reduce(sentence[: block.end()]) != said:
            return False
    return sentence.endswith(f"{blocks[-1].group()}.")


def _with_markers(sentence: str, run: Sequence[Piece]) -> str:
    """The model's words with our markers: all of the claims it says, in their order, before the full stop."""
    if len(run) > 1 and _marks_as_claimed(sentence, run):
        return sentence
    numbers = dict.fromkeys(number for claim in run for number in MARKER.findall(claim.text))
    words = MARKER.sub("", sentence).strip()
    stop = words[-1] if words[-1] in ".:" else ("." if run[-1].text.rstrip().endswith(".") else "")
    words = words.rstrip(".: ")
    bullet = "- " if run[0].text.startswith("- ") else ""
    marked = f" {''.join(f'[{number}]' for number in numbers)}" if numbers else ""
    return f"{bullet}{words}{marked}{stop}"
