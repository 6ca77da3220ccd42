"""Who is let in with a value outside a limit, told in short behind it: '(liver mets: 5 x)', 'Gilbert's allowed'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.criteria.itemstate import Read
from rag.criteria.openings import RegionKind
from rag.criteria.scopes import Region
from rag.criteria.sought import sought

_TIMES = r"(?:[<≤] ?=?|up to )? ?\d{1,2}(?:\.\d)? ?(?:x|×|times|fold)"
_METASTASES = r"(?:(?:liver|hepatic|bone) )?(?:metasta\w+|mets|involvement)\b"
# "≤ 3 x ULN; ≤ 5 x ULN: liver metastases", "≤ 3 x ULN (liver mets: 5 x)"
_LOOSER = sought(
    rf"(?i)[\s;,()]{{1,4}}(?:or )?(?:{_TIMES}[^.;<>≤≥\d]{{0,12}}{_METASTASES}"
    rf"|(?:if |in |with |for )?(?:patients |subjects |participants )?(?:with )?{_METASTASES}[^.;<>≤≥\d]{{0,16}}?"
    rf"{_TIMES})",
    "metasta", "mets", "involvement",
)
# "≤ 1.5 x ULN. Gilbert's syndrome is acceptable"
_GILBERT = sought(
    r"(?i)[^.;<>≤≥\d]{0,24}[.;,(] ?(?:(?:patients|subjects|participants|those) with )?gilbert[^.;<>≤≥\d]{0,50}"
    r"\b(?:allowed|acceptable|accepted|permitted|eligible|exempt\w*|waived|excepted|not excluded)\b",
    "gilbert",
)
_ENZYMES = frozenset(["alt", "ast", "alp", "ggt", "bilirubin"])
# "Exemptions may be granted by the sponsor": of whatever was told right before
_WAIVED = sought(
    r"(?i)[^.;<>≤≥\d]{0,30}[.;(] ?(?:exemptions?|exceptions?|waivers?|deviations?)"
    r" (?:to this (?:criterion )?)?(?:may|can|might|will) be (?:granted|made|allowed|given|considered)",
    "exempti", "excepti", "waiver", "deviati",
)
# "… This criterion does not need to be fulfilled if the child is too young": of the whole item before
_NOT_ASKED = sought(
    r"(?i)(?:[^.]|\.\d|\.(?= (?:for|in|the|patients|subjects|participants)\b)){0,260}\. this (?:criterion|requirement)"
    r" (?:(?:does not|need not)(?: (?:need|have) to)?|is not required to) be (?:fulfilled|met|satisfied)\b",
    "this criterion", "this requirement",
)
# "18 and over (for one group only, patients must be ≥ 10 years)"
_OF_ONE_GROUP = sought(r"(?i)\s?\((?:for|in) [^()<>≤≥\d]{3,40}\bonly\b[^()\d]{0,60}\d{1,2}[^()]{0,20}\)", "only")


def with_excuses(text: str, reads: Sequence[Read]) -> None:
    """Give each limit that binds everybody the exception that is told in short behind it."""
    for read in reads:
        if read.scopes or read.exceptions:
            continue
        for start, end in _excuses(text, read):
            read.exceptions.append(Region(RegionKind.EXCEPTION, 0, 0, start, end, text[start:end]))
            break


def _excuses(text: str, read: Read) -> Iterator[tuple[int, int]]:
    limit = read.limit
    found = _LOOSER.match(text, limit.end) if limit.scale == "uln" and limit.base in _ENZYMES else None
    found = found or (_GILBERT.match(text, limit.end) if limit.base == "bilirubin" else None)
    found = found or _WAIVED.match(text, limit.end) or _NOT_ASKED.match(text, limit.end)
    found = found or (_OF_ONE_GROUP.match(text, limit.end) if limit.base == "age" else None)
    if found is not None:
        yield found.span()
