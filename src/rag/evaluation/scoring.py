"""Judges one answer against its gold question: which parts are right, which are missing, which are too much."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.evaluation.gold import ExpectedQuote, GoldQuestion, QuestionType
from rag.evaluation.outcome import Outcome
from rag.types import Citation, Status, Verdict

DocumentText = Callable[[str], tuple[str, str]]
"""trial id -> (canonical text, sha256); two empty texts for a trial that the index does not hold."""

# Types whose `trials` are the answer's set; for the others they are the trials that the answer must cite.
_SET_TYPES = frozenset(
    {QuestionType.SET, QuestionType.COUNT, QuestionType.COMPARE, QuestionType.SCREEN, QuestionType.FOLLOWUP}
)
POSSIBLE = "possible:"  # tag of a screening question: this trial must not be excluded
PARTIAL = "partial:"  # tag of a set question: this trial is a near miss, which an answer may quote
_NCT = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SetCounts:
    """Trials of a set answer: rightly listed, listed too much, missing. Optional trials count in none."""

    right: tuple[str, ...]
    extra: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def f1(self) -> float:
        wrong = len(self.extra) + len(self.missing)
        return 1.0 if not wrong else 2 * len(self.right) / (2 * len(self.right) + wrong)


@dataclass(frozen=True, slots=True)
class CitationCounts:
    """Of `total` citations `valid` quote their document exactly; of `counted` ones `right` stand in a gold trial."""

    total: int
    valid: int
    counted: int
    right: int


@dataclass(frozen=True, slots=True)
class Judged:
    gold: GoldQuestion
    outcome: Outcome
    set: SetCounts | None
    trials_uncited: tuple[str, ...]  # expected trials of a question that asks for no set
    facts_missing: tuple[str, ...]
    forbidden_found: tuple[str, ...]
    evidence_missing: tuple[ExpectedQuote, ...]
    citations: CitationCounts

    @property
    def status_right(self) -> bool:
        return not self.outcome.error and self.outcome.status is self.gold.expect.status

    @property
    def abstained(self) -> bool:
        return not self.outcome.error and self.outcome.status is Status.ABSTAINED

    @property
    def should_abstain(self) -> bool:
        return self.gold.expect.status is Status.ABSTAINED

    @property
    def facts_right(self) -> bool:
        return not self.outcome.error and not self.facts_missing and not self.forbidden_found

    @property
    def is_right(self) -> bool:
        """Everything that a reader relies on: it answers or abstains as it should, with the exact set and every fact,
        and every quote is real. 'answered' for 'partial' (or the other way round) is not counted as wrong here.
        """
        return (
            not self.outcome.error
            and self.abstained == self.should_abstain
            and (self.set is None or self.set.f1 == 1.0)
            and not self.trials_uncited
            and self.facts_right
            and self.citations.valid == self.citations.total
        )


def judge(gold: GoldQuestion, outcome: Outcome, document_text: DocumentText) -> Judged:
    expect = gold.expect
    asks_set = expect.trials is not None and gold.type in _SET_TYPES
    uncited = frozenset() if asks_set else (expect.trials or frozenset()) - outcome.cited_trials
    return Judged(
        gold=gold,
        outcome=outcome,
        set=_set_counts(gold, outcome) if asks_set else None,
        trials_uncited=() if expect.status is Status.ABSTAINED else tuple(sorted(uncited)),
        facts_missing=tuple(p.source for p in expect.facts if not p.found_in(outcome.text)),
        forbidden_found=tuple(p.source for p in expect.forbidden if p.found_in(outcome.text)),
        evidence_missing=tuple(quote for quote in expect.evidence if not _is_quoted(quote, outcome.citations)),
        citations=_citation_counts(gold, outcome, document_text),
    )


def returned_trials(gold: GoldQuestion, outcome: Outcome) -> frozenset[str]:
    """The set an answer gives: verdict `match`, `excluded` for screening (`possible` under the tag 'verdict:possible').

    Without a result set, the cited trials: a follow-up such as 'and its sponsor?' names its trial by the quote.
    """
    if not outcome.has_set:
        return outcome.cited_trials if outcome.status is not Status.ABSTAINED else frozenset()
    if "verdict:possible" in gold.tags:
        return outcome.with_verdict(Verdict.POSSIBLE)
    if gold.type is QuestionType.SCREEN:
        return outcome.with_verdict(Verdict.EXCLUDED)
    return outcome.with_verdict(Verdict.MATCH)


def _set_counts(gold: GoldQuestion, outcome: Outcome) -> SetCounts:
    expected = gold.expect.trials or frozenset()
    returned = returned_trials(gold, outcome) - gold.expect.optional_trials
    if gold.type is QuestionType.SCREEN:  # gold names what must and what must not be excluded, and leaves the rest open
        returned &= expected | {tag.removeprefix(POSSIBLE) for tag in gold.tags if tag.startswith(POSSIBLE)}
    parts = (returned & expected, returned - expected, expected - returned)
    right, extra, missing = (tuple(sorted(part)) for part in parts)
    return SetCounts(right, extra, missing)


def _is_quoted(quote: ExpectedQuote, citations: tuple[Citation, ...]) -> bool:
    wanted = plain_words(quote.contains)
    return any(c.trial_id == quote.trial_id and wanted in plain_words(c.cited_text) for c in citations)


def plain_words(text: str) -> str:
    """Case, white space and the registry's backslash escapes folded away, so that gold can be typed by hand."""
    return " ".join(text.replace("\\", "").casefold().split())


def _citation_counts(gold: GoldQuestion, outcome: Outcome, document_text: DocumentText) -> CitationCounts:
    """Validity by equality with the document; precision over citations of claims that gold can judge.

    A citation is right when it stands in a trial of gold (trials, optional trials, near misses, evidence) or one that
    the question names. Not counted: quotes of items listed as partial or unread only, abstentions, and where gold
    names no trial. An answer that should have been an abstention has no right citation.
    """
    near = {tag.removeprefix(PARTIAL) for tag in gold.tags if tag.startswith(PARTIAL)}
    right_trials = gold.expect.evidence_trials | near | {name.upper() for name in _NCT.findall(gold.text)}
    counted = [c for c in outcome.citations if c.index in outcome.firm_citations]
    if gold.expect.status is Status.ABSTAINED:
        right_trials = frozenset()
    elif not gold.expect.evidence_trials:
        counted = []
    if outcome.status is Status.ABSTAINED:
        counted = []
    if gold.type is QuestionType.SCREEN:  # what gold leaves open is judged neither way
        kept_in = {tag.removeprefix(POSSIBLE) for tag in gold.tags if tag.startswith(POSSIBLE)}
        counted = [c for c in counted if c.trial_id in right_trials | kept_in]
        right_trials |= kept_in - outcome.with_verdict(Verdict.EXCLUDED)
    return CitationCounts(
        total=len(outcome.citations),
        valid=sum(is_valid(citation, document_text) for citation in outcome.citations),
        counted=len(counted),
        right=sum(citation.trial_id in right_trials for citation in counted),
    )


def is_valid(citation: Citation, document_text: DocumentText) -> bool:
    """Whether the quote equals its span of the canonical text of the very document it names."""
    text, sha256 = document_text(citation.trial_id)
    in_bounds = 0 <= citation.start < citation.end <= len(text)
    return (
        in_bounds and text[citation.start : citation.end] == citation.cited_text and citation.document_sha256 == sha256
    )
