"""How the reader fares on the Leaf Clinical Trials corpus: numeric comparisons by span, operator and number.

Usage: python benchmarks/lct.py FOLDER   (the unpacked corpus: NCT….txt with brat .ann)

An annotated comparison counts when it filters an age or an observation (laboratory value, score, measure). It is *read*
when a constraint covers its value, *unread* when an unread clause does, else *missed*. The number of a read one is
*right* where the constraint states it. A missed one is looked for again as the measure that its annotators name, the
way a question with these words would: *asked*. No text of the corpus is printed.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.criteria.asked import read_measure
from rag.criteria.lexicon import measure_id
from rag.criteria.reading import read_trial
from rag.types import Constraint, Document, Section, Span, TrialFacts, Unread

_HEADING = re.compile(r"(?im)^[ \t]*(?:key |main )?(inclusion|exclusion)\b[^\n]{0,60}?:?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Annotated:
    kind: str
    name: str  # of the measure, as the text has it
    value: Span


def annotations(path: Path) -> Iterator[Annotated]:
    """Comparisons of one .ann file that filter an age or an observation."""
    spans: dict[str, tuple[Span, str]] = {}
    events: dict[str, tuple[tuple[str, str], dict[str, str]]] = {}
    for line in path.read_text("utf-8").splitlines():
        key, _, rest = line.partition("\t")
        if key.startswith("T"):
            place, _, words = rest.partition("\t")
            numbers = [int(number) for number in re.findall(r"\d+", place.split(None, 1)[1])]
            spans[key] = (Span(numbers[0], numbers[-1]), words)
        elif key.startswith("E"):
            parts = [part.split(":") for part in rest.split()]
            events[key] = ((parts[0][0], parts[0][1]), dict(parts[1:]))
    for (kind, trigger), roles in events.values():
        for role, target in roles.items():
            if not role.startswith("Numeric-Filter") or target not in events or kind not in ("Age", "Observation"):
                continue
            inner = events[target][1]
            if "Value" in inner:
                named = spans[roles.get("Name", trigger)][1]
                yield Annotated(kind, named, spans[inner["Value"]][0])


def document_of(path: Path) -> Document:
    text = path.read_text("utf-8")
    found = list(_HEADING.finditer(text))
    sections = [Section("eligibility.unheaded", Span(0, found[0].start() if found else len(text)))]
    for number, heading in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        sections.append(Section(f"eligibility.{heading[1].lower()}", Span(heading.end(), end)))
    return Document(path.stem, "", text, tuple(sections), (), TrialFacts(), (), path.name, "")


def measure(folder: Path) -> dict[str, Counter[str]]:
    totals: dict[str, Counter[str]] = {"Age": Counter(), "Observation": Counter()}
    for path in sorted(folder.glob("*.ann")):
        document = document_of(path.with_suffix(".txt"))
        atoms = [atom for c in read_trial(document).criteria for clause in c.requires for atom in clause.alternatives]
        read = [atom for atom in atoms if isinstance(atom, Constraint)]
        unread = [atom for atom in atoms if isinstance(atom, Unread) and atom.variable]
        for one in annotations(path):
            covering = [atom for atom in read if _covers(atom.span, one.value)]
            outcome = (
                "read" if covering else "unread" if any(_covers(atom.span, one.value) for atom in unread) else "missed"
            )
            totals[one.kind][outcome] += 1
            if outcome == "missed":
                totals[one.kind]["asked"] += _is_read_when_asked(document, one)
            if covering:
                number = re.sub(r"[^\d]", "", one.value.of(document.text))
                stated = {re.sub(r"[^\d]", "", atom.stated) for atom in covering}
                totals[one.kind]["right number"] += any(number in digits for digits in stated)
    return totals


def _is_read_when_asked(document: Document, one: Annotated) -> bool:
    """Whether a question that names the measure as the text does finds the number as its limit."""
    criteria = read_measure(document, measure_id(one.name))
    atoms = [atom for criterion in criteria for clause in criterion.requires for atom in clause.alternatives]
    return any(isinstance(atom, Constraint) and _covers(atom.span, one.value) for atom in atoms)


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def main() -> None:
    totals = measure(Path(sys.argv[1]))
    for kind, counts in totals.items():
        annotated = sum(counts[name] for name in ("read", "unread", "missed"))
        print(f"{kind:12} annotated {annotated:5}  " + "  ".join(f"{name} {counts[name]}" for name in sorted(counts)))


if __name__ == "__main__":
    main()
