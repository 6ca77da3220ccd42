"""Defects of the records, as read: what `rag lint` lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.text import Text

from rag.cli.printing import console
from rag.cli.terminal import printable
from rag.records import criteria_json

if TYPE_CHECKING:
    from rag.assistant import Assistant


def findings_of(assistant: Assistant, trial_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Each finding with its quotes, then each unread limit, trial by trial in the order given."""
    for trial_id in trial_ids:
        read = criteria_json(assistant.read_trial(trial_id), assistant.document(trial_id))
        for finding in read["findings"]:
            yield {"trial_id": trial_id, **finding}
        for criterion in read["criteria"]:
            atoms = [atom for clause in criterion["requires"] for atom in clause["any_of"]]
            for atom in atoms:
                if atom["is"] == "unread" and atom["variable"]:
                    quote = {name: atom[name] for name in ("start", "end", "text")}
                    message = f"a limit on {atom['variable']} could not be read: {atom['reason']}"
                    yield {"trial_id": trial_id, "kind": "unread_limit", "message": message, "quotes": [quote]}


def print_findings(findings: Iterable[dict[str, Any]]) -> int:
    """Print the findings as they come; returns how many."""
    out, count = console(), 0
    for finding in findings:
        count += 1
        out.print(Text.assemble((finding["trial_id"], "bold"), f"  {finding['kind']}: {printable(finding['message'])}"))
        for quote in finding["quotes"]:
            words = printable(" ".join(quote["text"].split()))
            out.print(Text(f"    {quote['start']}–{quote['end']}  “{words}”", style="dim"))
    return count
