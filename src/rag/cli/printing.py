"""Answers, hits, records and criteria for a person: plain words first, sources last, styled only on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from rag.cli.terminal import printable

if TYPE_CHECKING:
    from rag.types import Answer, Citation, Document, ResultItem, ResultSet

_STYLES = {"match": "bold green", "partial": "yellow", "unread": "magenta", "excluded": "bold red", "possible": "cyan"}
_QUOTE_CHARS = 400
ACCOUNT_WORDS = {
    "all_excluded": "all of it turned away",
    "part_excluded": "part of it turned away",
    "conditional": "turned away for some, or under a condition",
    "range_required": "required",
    "admitted": "admitted",
    "other_measure": "a related measure limited",
    "not_stated": "not stated",
    "unread": "could not be read",
    "match": "match",
    "partial": "match in part",
    "no_match": "do not match",
    "silent": "not stated",
    "excluded": "excluded",
    "possible": "possible",
}


def console() -> Console:
    """stdout, with colours only where it is a terminal; nothing of a document is read as markup or an emoji code."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def print_answer(answer: Answer) -> None:
    """The answer text, the trials with their verdicts, what became of all others, and the numbered sources."""
    out = console()
    out.print(Text(printable(answer.answer)))
    if answer.result_set is not None and answer.result_set.items:
        out.print()
        for item in answer.result_set.items:
            _print_item(out, item)
    if answer.result_set is not None:
        out.print(Text(accounting_line(answer.result_set), style="dim"))
    nearest = answer.abstention.nearest if answer.abstention else ()
    for heading, citations in (("Sources", answer.citations), ("Nearest passages", nearest)):
        if citations:
            out.print()
            out.print(Text(heading, style="bold"))
            for citation in citations:
                _print_citation(out, citation)
    out.print()
    out.print(Text(f"Read as: {printable(answer.plan.read_as)}", style="dim"))


def _print_item(out: Console, item: ResultItem) -> None:
    line = Text()
    line.append(f"  {item.verdict:<9}", style=_STYLES.get(item.verdict, ""))
    line.append(f"{printable(item.trial_id)}  ", style="bold")
    line.append(printable(item.reason))
    if item.citations:
        line.append(" " + "".join(f"[{number}]" for number in item.citations), style="dim")
    out.print(line)
    out.print(Text(f"           {printable(item.title)}", style="dim"))
    if item.unknown:
        out.print(Text(f"           still to be checked: {printable('; '.join(item.unknown))}", style="dim"))


def accounting_line(result_set: ResultSet) -> str:
    """What became of every trial considered, in words."""
    parts = [
        f"{ACCOUNT_WORDS.get(name, name.replace('_', ' '))} {count}"
        for name, count in result_set.accounting.items()
        if count
    ]
    head = f"{result_set.considered} trials considered"
    tail = "" if result_set.complete else " (not complete)"
    return f"{head}: {', '.join(parts)}{tail}" if parts else f"{head}{tail}"


def _print_citation(out: Console, citation: Citation) -> None:
    words = printable(" ".join(citation.cited_text.split()))
    if len(words) > _QUOTE_CHARS:
        words = f"{words[:_QUOTE_CHARS]}…"
    place = f"{printable(citation.trial_id)} · {section_words(citation.section)} · {printable(citation.origin)}"
    out.print(Text.assemble((f"[{citation.index}] ", "bold"), f"“{words}”"))
    out.print(Text(f"    {place} · {printable(citation.url)}", style="dim"))


def section_words(section: str) -> str:
    """'eligibility.exclusion' as people say it: 'exclusion criteria'."""
    head, _, tail = section.partition(".")
    return (
        f"{tail} criteria"
        if head == "eligibility" and tail in ("inclusion", "exclusion")
        else section.replace(".", ", ")
    )


def print_hits(hits: Iterable[tuple[Citation, float]]) -> None:
    out = console()
    for citation, score in hits:
        out.print(
            Text.assemble(
                (f"{citation.index:>2}. ", "bold"),
                (printable(citation.trial_id), "bold"),
                f"  {section_words(citation.section)}  ",
                (f"score {score:.4f}", "dim"),
            )
        )
        out.print(Text(f"    {printable(' '.join(citation.cited_text.split()))}"))


def print_record(document: Document, sections: Iterable[str]) -> None:
    """The record section by section, each under its name."""
    out = console()
    wanted = set(sections)
    out.print(Text(f"{printable(document.trial_id)}  {printable(document.title)}", style="bold"))
    out.print(Text(f"{printable(document.url)} · {printable(document.source)}", style="dim"))
    for section in document.sections:
        if wanted and section.name not in wanted:
            continue
        out.print()
        out.print(Text(section.name, style="bold"))
        out.print(Text(printable(section.span.of(document.text)).strip("\n")))


def print_criteria(read: dict[str, Any]) -> None:
    """Each criterion with what it asks of a participant; parts that could not be read say so."""
    out = console()
    out.print(Text(f"{printable(read['trial_id'])}  {printable(read['title'])}", style="bold"))
    for criterion in read["criteria"]:
        style = "green" if criterion["polarity"] == "inclusion" else "red"
        words = printable(" ".join(criterion["text"].split()))
        out.print()
        out.print(Text.assemble((f"{criterion['polarity']:<10}", style), words))
        for clause in criterion["requires"]:
            out.print(Text(f"{'':10}→ {printable(clause_words(clause))}", style="dim"))
    for finding in read["findings"]:
        out.print()
        out.print(Text(f"finding: {printable(finding['message'])}", style="yellow"))


def clause_words(clause: dict[str, Any]) -> str:
    """'egfr ≥ 60 mL/min, or …; only: Part C' for one clause of a criterion."""
    words = " or ".join(atom["words"] for atom in clause["any_of"])
    if clause["scope"]:
        words += f"; only: {', '.join(scope['text'] for scope in clause['scope'])}"
    if clause["exceptions"]:
        words += f"; except: {'; '.join(quote['text'] for quote in clause['exceptions'])}"
    return f"{words}; {clause['window']}" if clause["window"] else words
