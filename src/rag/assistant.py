"""`ask()`: plan → retrieve → gather evidence → compose → verify. The one straight line that every caller uses."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from rag.answering.compose import Gathered, compose, names_unknown
from rag.answering.draft import Draft, abstain, joined
from rag.answering.finish import cite, finish
from rag.answering.prose import answer_outside
from rag.answering.single import named_trials
from rag.errors import UsageError
from rag.evidence.collect import Judge
from rag.garbage import COLLECTOR_PAUSED
from rag.generation import NO_MODEL, Rewriter
from rag.planning import found_by_then, make_plan, not_read, read_again, read_patient
from rag.recognition import asked_of_the_described
from rag.retrieval import search
from rag.screening import screen
from rag.settings import Settings
from rag.snapshot import Snapshot, TrialSummary, open_snapshot
from rag.types import (
    AbstentionReason,
    Answer,
    Citation,
    Document,
    Hit,
    Intent,
    QueryPlan,
    Question,
    Quote,
    ReadTrial,
    Verdict,
)
from rag.verification import faults_of

_log = logging.getLogger(__name__)

# Intents answered from what was read; passages are then only the nearest words of an abstention.
_FROM_CATALOG = frozenset(
    {
        Intent.TRIALS,
        Intent.COUNT,
        Intent.EXTREME,
        Intent.COMPARE,
        Intent.LANDSCAPE,
        Intent.WHATIF,
        Intent.SCREEN,
        Intent.CHECKLIST,
        Intent.CONFLICTS,
        Intent.EXPLAIN,
    }
)


class Assistant:
    """Answers over one published snapshot. Open a new one when another is published."""

    def __init__(self, snapshot: Snapshot, settings: Settings) -> None:
        self.snapshot = snapshot
        self.settings = settings
        self._judge = Judge(snapshot)
        self._titles: dict[str, str] = {}
        self._rewriter = Rewriter(settings.llm) if settings.llm.base_url else None

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """An assistant over the index of `settings`. IndexUnusableError names the remedy where there is none."""
        return cls(open_snapshot(settings.index, settings), settings)

    def ask(self, question: Question) -> Answer:
        """The answer to one question; the same question over the same index gives the same answer, timings aside."""
        self._check(question)
        with COLLECTOR_PAUSED:
            answer = self._answered(question)
        _log.info(
            "answered id=%s intent=%s status=%s citations=%d ms=%.1f",
            answer.id,
            answer.plan.intent,
            answer.status,
            len(answer.citations),
            answer.timings_ms["total"],
        )
        return self._worded(answer) if question.mode == "llm" else answer

    def screen(self, text: str, trial_ids: Sequence[str] = ()) -> Answer:
        """A patient description against every trial's criteria."""
        clock = _Clock()
        question = Question(text=text, trial_ids=tuple(trial_ids))
        self._check(question)
        patient = read_patient(text)
        read_as, lost = "each trial's criteria against the person described", not_read(text)
        plan = QueryPlan(Intent.SCREEN, text, read_as, patient=patient, unread=lost)
        clock.lap("plan")
        with COLLECTOR_PAUSED:
            draft = screen(patient, self._judge, self._scope(question), unread=lost)
            clock.lap("evidence")
            return self._finished(draft, question, plan, clock)

    def search(self, text: str, k: int = 10, trial_ids: Sequence[str] = ()) -> tuple[tuple[Citation, float], ...]:
        """The best passages with their scores, best first."""
        if not text.strip():
            raise UsageError("the search text is empty", remedy="give a few words to look for")
        hits = search(self.snapshot, text, k, trial_ids=tuple(trial_ids) or None)
        quotes = self._quotes(hits)
        cited = [cite(q, self.document(q.trial_id), n) for n, q in enumerate(quotes, 1)]
        return tuple((citation, hit.score) for citation, hit in zip(cited, hits, strict=True))

    def document(self, trial_id: str) -> Document:
        """One record; UnknownTrialError when the index does not hold it."""
        return self.snapshot.document(trial_id)

    def read_trial(self, trial_id: str) -> ReadTrial:
        return self.snapshot.read_trial(trial_id)

    def summaries(self) -> tuple[TrialSummary, ...]:
        return self.snapshot.summaries()

    def _worded(self, answer: Answer) -> Answer:
        """The answer in the language model's words where they say the same; evidence and citations stay as they are."""
        if self._rewriter is None:
            return replace(answer, warnings=(*answer.warnings, NO_MODEL))
        return self._rewriter.reword(answer)

    # ── The steps ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _answered(self, question: Question) -> Answer:
        clock = _Clock()
        plan = make_plan(question, self.snapshot)
        clock.lap("plan")
        trial_ids = self._scope(question)
        plan = self._placed(plan, question, trial_ids)
        draft = self._draft(plan, question, trial_ids, clock)
        described = asked_of_the_described(plan, draft, question, self.snapshot)
        if described is not None:
            told = self._draft(described, question, trial_ids, clock)
            plan, draft = (described, told) if told.reason is None else (plan, draft)
        anew = read_again(plan, question, self.snapshot) if _found_nothing(plan, draft) else None
        if anew is not None:
            told = self._draft(anew, question, trial_ids, clock)
            plan, draft = (plan, draft) if _found_nothing(anew, told) else (anew, told)
        return self._finished(draft, question, plan, clock)

    def _check(self, question: Question) -> None:
        if not question.text.strip():
            raise UsageError("the question is empty", remedy="ask something about the trials")
        if len(question.text) > self.settings.max_question_chars:
            limit = self.settings.max_question_chars
            raise UsageError(
                f"the question has {len(question.text)} characters; at most {limit} are read",
                remedy="shorten it, or raise RAG_MAX_QUESTION_CHARS",
            )

    def _scope(self, question: Question) -> tuple[str, ...]:
        """The trials a question is asked of, in id order; UnknownTrialError for an id that the index does not hold."""
        if not question.trial_ids:
            return self.snapshot.trial_ids
        for trial_id in question.trial_ids:
            self.snapshot.number(trial_id)
        wanted = set(question.trial_ids)
        return tuple(trial for trial in self.snapshot.trial_ids if trial in wanted)

    def _placed(self, plan: QueryPlan, question: Question, trial_ids: tuple[str, ...]) -> QueryPlan:
        """'The second one' as the second trial of the earlier answer; a number past its end names no trial."""
        found = any(ref.how == "previous" and not ref.trial_ids for ref in plan.trials)
        if plan.previous is None or not (plan.ordinal or found):
            return plan
        before = self._placed(plan.previous, question, trial_ids)  # 'of those' may itself speak of earlier ones
        draft = self._draft(before, question, trial_ids, _Clock())
        if found:
            return found_by_then(plan, [v.trial_id for v in draft.verdicts or () if v.verdict is Verdict.MATCH])
        ordered = [v.trial_id for v in draft.verdicts or ()]
        at = plan.ordinal - 1 if plan.ordinal > 0 else len(ordered) + plan.ordinal
        chosen = tuple(ordered[at : at + plan.top]) if 0 <= at < len(ordered) else ()  # 'the first two' are several
        how = "previous" if chosen else "id"
        refs = tuple(replace(ref, trial_ids=chosen, how=how) if ref.how == "ordinal" else ref for ref in plan.trials)
        return replace(plan, trials=refs)

    def _draft(self, plan: QueryPlan, question: Question, trial_ids: tuple[str, ...], clock: _Clock) -> Draft:
        if plan.parts:
            return joined(plan, [self._draft(part, question, trial_ids, clock) for part in plan.parts])
        if plan.intent is Intent.SCREEN and not names_unknown(plan):
            draft = self._screened(plan, trial_ids)
            clock.lap("evidence")
            return draft
        passages = self._passages(plan, question, trial_ids)
        clock.lap("retrieval")
        draft = compose(plan, Gathered(self._judge, trial_ids, passages))
        if draft.reason is AbstentionReason.NO_EVIDENCE and not draft.nearest:
            draft = replace(draft, nearest=self._nearest(plan, trial_ids))
        clock.lap("evidence")
        return draft

    def _screened(self, plan: QueryPlan, trial_ids: tuple[str, ...]) -> Draft:
        if plan.patient is None:
            return abstain(AbstentionReason.NO_EVIDENCE, "The question describes no person that could be screened.")
        named = named_trials(plan)
        if named and not set(named) & set(trial_ids):
            return answer_outside(named, trial_ids)
        if plan.where is not None and not named:  # a trial that is named is looked at whatever it is about
            judgements = self._judge.all(plan.where, trial_ids)
            trial_ids = tuple(t for t in trial_ids if judgements[t].verdict in {"match", "partial"})
        ids = tuple(t for t in trial_ids if not named or t in named)
        return screen(plan.patient, self._judge, ids, refusal=plan.reason == "refusal", unread=plan.unread)

    def _passages(self, plan: QueryPlan, question: Question, trial_ids: tuple[str, ...]) -> tuple[Quote, ...]:
        """The passages nearest to the question, where the plan is answered from prose."""
        if plan.intent in _FROM_CATALOG:
            return ()
        named = [trial for ref in plan.trials for trial in ref.trial_ids]
        within = tuple(dict.fromkeys(named)) or (trial_ids if question.trial_ids else None)
        hits = search(self.snapshot, plan.terms or plan.question, self.settings.top_k, trial_ids=within)
        return self._quotes(hits)

    def _nearest(self, plan: QueryPlan, trial_ids: tuple[str, ...]) -> tuple[Quote, ...]:
        within = trial_ids if len(trial_ids) < len(self.snapshot.trial_ids) else None
        return self._quotes(search(self.snapshot, plan.terms or plan.question, 3, trial_ids=within))

    def _quotes(self, hits: Sequence[Hit]) -> tuple[Quote, ...]:
        passages = [self.snapshot.passage(hit.passage_id) for hit in hits]
        return tuple(Quote(passage.trial_id, passage.span) for passage in passages)

    def _title(self, trial_id: str) -> str:
        if not self._titles:
            self._titles = {summary.trial_id: summary.title for summary in self.snapshot.summaries()}
        return self._titles[trial_id]

    def _finished(self, draft: Draft, question: Question, plan: QueryPlan, clock: _Clock) -> Answer:
        pages = lru_cache(maxsize=None)(self.snapshot.page)
        answer = finish(draft, question, plan, document=pages, index=self.snapshot.info, title=self._title)
        faults = faults_of(answer, {c.trial_id: pages(c.trial_id) for c in answer.citations})
        if faults:
            raise AssertionError(f"an unproved answer was stopped: {faults}")
        clock.lap("compose")
        return replace(answer, timings_ms=clock.laps())


def _found_nothing(plan: QueryPlan, draft: Draft) -> bool:
    """Whether no answer was found, or no trial that fits."""
    if draft.reason is not None:
        return draft.reason in {AbstentionReason.NO_EVIDENCE, AbstentionReason.AMBIGUOUS}
    fits = any(verdict.verdict is Verdict.MATCH for verdict in draft.verdicts or ())
    return plan.intent is Intent.TRIALS and not fits


class _Clock:
    """Milliseconds a step; the only clock near an answer, and never part of what it says."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self._laps[step] = round((now - self._last) * 1000, 2)
        self._last = now

    def laps(self) -> Mapping[str, float]:
        return {"total": round((self._last - self._start) * 1000, 2), **self._laps}
