"""Nothing leaves unproved: every citation is checked against the stored text by equality.

A quote whose span does not fit its document is dropped and counted, and the answer says so in its warnings; it is a
bug of ours, never something a reader has to find.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.types import Answer, Citation, Document, Page, Quote

MARKER = re.compile(r"\[(\d{1,4})\]")
_PAD = ".,;:() \t\n\r"


def fits(quote: Quote, document: Document | Page) -> bool:
    """Whether a quote's span lies in its document and holds words."""
    return (
        quote.trial_id == document.trial_id
        and 0 <= quote.span.start < quote.span.end <= len(document.text)
        and bool(quote.span.of(document.text).strip(_PAD))
    )


def faults_of(answer: Answer, documents: Mapping[str, Document | Page]) -> tuple[str, ...]:
    """Every broken promise of an answer, in words; empty when all hold."""
    faults = [fault for citation in answer.citations for fault in _citation_faults(citation, documents)]
    known = {citation.index for citation in answer.citations}
    order = [int(number) for number in MARKER.findall(answer.answer)]
    faults += [f"marker [{number}] has no citation" for number in order if number not in known]
    if [citation.index for citation in answer.citations] != list(range(1, len(answer.citations) + 1)):
        faults.append("citation numbers do not run from 1")
    firsts = list(dict.fromkeys(order))
    if firsts != sorted(firsts):
        faults.append("markers are not numbered in order of first use")
    return tuple(faults)


def _citation_faults(citation: Citation, documents: Mapping[str, Document | Page]) -> list[str]:
    document = documents.get(citation.trial_id)
    if document is None:
        return [f"citation {citation.index} names {citation.trial_id}, which is not in the index"]
    if document.text[citation.start : citation.end] != citation.cited_text:
        return [f"citation {citation.index} does not equal {citation.trial_id}[{citation.start}:{citation.end}]"]
    if document.sha256 != citation.document_sha256:
        return [f"citation {citation.index} is of another version of {citation.trial_id}"]
    return []
