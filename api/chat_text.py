"""An answer as chat front ends show it: the text, the trials it does not name yet, and url citations for each number.

Such front ends render Markdown. Words of documents are kept from becoming images, links or HTML.
"""

from __future__ import annotations

import re
from typing import Any

from rag.generation.reading import MARKER
from rag.types import Answer, Citation

MAX_LISTED = 50
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
# "https://x", "www.x", "data:text/html,…", "javascript:x", but not "safety data: three deaths" and not "and/or".
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.|data:[a-z]{1,20}/|javascript:|mailto:)(?=\S)[^\s<>\"')\]]{0,2000}",
    re.IGNORECASE,
)
_REGISTRY = ("https://clinicaltrials.gov/", "https://www.clinicaltrials.gov/")
_MARKDOWN_LINK = re.compile(r"\]\s*(?=[(\[:])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def plain_text(text: str) -> str:
    """Text without control, bidirectional and tag characters, and without links to other hosts than the registry."""
    return _LINK.sub(_kept_link, _CONTROLS.sub("", text))


def _kept_link(link: re.Match[str]) -> str:
    return link.group() if link.group().lower().startswith(_REGISTRY) else "(link left out)"


def markdown_text(text: str) -> str:
    """`plain_text` in which Markdown sees no image, no link and no HTML; markers such as [1] stay."""
    inert = _TAG.sub(r"\\<", plain_text(text)).replace("![", "!\\[")
    return _MARKDOWN_LINK.sub(lambda found: _closing(found, inert), inert)


def _closing(found: re.Match[str], text: str) -> str:
    """'][' between two markers is ours; any other ']' before '(', '[' or ':' could end a link."""
    before = text[max(0, found.start() - 6) : found.end()]
    after = text[found.end() : found.end() + 6]
    if re.search(r"\[\d{1,4}\]$", before) and re.match(r"\[\d{1,4}\]", after):
        return found.group()
    return f"\\{found.group()}"


def chat_content(answer: Answer) -> str:
    """The answer, then the listed trials that its text does not name, a line each."""
    lines = [markdown_text(answer.answer)]
    unnamed = [
        item for item in (answer.result_set.items if answer.result_set else ()) if item.trial_id not in answer.answer
    ]
    if unnamed:
        lines.append("")
    for item in unnamed[:MAX_LISTED]:
        markers = "".join(f"[{number}]" for number in item.citations)
        lines.append(f"- {item.trial_id} ({item.verdict}): {markdown_text(item.reason)} {markers}".rstrip())
    if len(unnamed) > MAX_LISTED:
        lines.append(f"- and {len(unnamed) - MAX_LISTED} more")
    return "\n".join(lines)


def url_citations(answer: Answer, content: str, public_url: str) -> list[dict[str, Any]]:
    """A url citation for each number that stands in the content; titles and urls differ for each number."""
    places: dict[int, tuple[int, int]] = {}
    for found in MARKER.finditer(content):
        start = content.index("[", found.start())
        places.setdefault(int(found.group(1)), (start, found.end()))
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": places[citation.index][0],
                "end_index": places[citation.index][1],
                "title": _title(citation),
                "url": citation_url(citation, public_url),
                "quote": markdown_text(citation.cited_text),
            },
        }
        for citation in answer.citations
        if citation.index in places
    ]


def _title(citation: Citation) -> str:
    number = f"[{citation.index}]"
    title = markdown_text(citation.title)
    return title if title.endswith(number) else f"{citation.trial_id}: {title} {number}"


def citation_url(citation: Citation, public_url: str) -> str:
    """Our page of the record at the quoted words where readers can reach it, else the registry's page."""
    if public_url:
        return f"{public_url.rstrip('/')}{citation.view_url}#cite-{citation.index}"
    return f"{citation.url}#{citation.start}-{citation.end}-{citation.index}"
