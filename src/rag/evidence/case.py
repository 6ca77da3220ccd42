"""A person held against one trial, and how one criterion of it may fit them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from rag.types import Criterion, Patient


class Fit(StrEnum):
    """One criterion against a person."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Case:
    """A person against one trial: the words of its document, and whether it studies any of some concepts.

    `prevents`: whether the trial is to prevent or to find what it studies: whoever had it before comes too late.
    """

    patient: Patient
    text: str
    studies: Callable[[Collection[str]], bool]
    prevents: Callable[[], bool] = lambda: False
    criterion: Criterion | None = None  # the one at hand
    excepted: bool = False  # whether an exception named in the criterion at hand may be meant for the person
