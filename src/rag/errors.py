"""Every error that a caller may meet, as one tree.

RagError
├── UsageError            the call itself is wrong (exit 2, HTTP 400/422)
│   └── UnknownTrialError no trial of that id in the index (HTTP 404)
├── SourceError           a file that cannot be read: named, with place and remedy (never fatal alone)
├── CorpusError           no readable record at all (exit 3)
├── IndexUnusableError    no index, another schema or model, a failed checksum (exit 3)
│   └── IndexBusyError    another process is writing it
├── RemoteError           a remote service did not answer (exit 5)
└── GateError             an evaluation gate failed (exit 11)

"No answer" is a status of an Answer, not an error.
"""

from __future__ import annotations


class RagError(Exception):
    """What went wrong, where, and the remedy: a sentence a user can act on."""

    exit_code = 1

    def __init__(self, message: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head} — {self.remedy}" if self.remedy else head


class UsageError(RagError):
    exit_code = 2


class UnknownTrialError(UsageError):
    pass


class SourceError(RagError):
    exit_code = 3


class CorpusError(RagError):
    exit_code = 3


class IndexUnusableError(RagError):
    exit_code = 3


class IndexBusyError(IndexUnusableError):
    pass


class RemoteError(RagError):
    exit_code = 5


class GateError(RagError):
    exit_code = 11
