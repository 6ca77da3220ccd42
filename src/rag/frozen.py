"""Frozen dataclasses that are made quickly: a trial read, or a question over many, makes ten thousands of them."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TypeVar

_Class = TypeVar("_Class")


def quick(cls: type[_Class]) -> type[_Class]:
    """The frozen dataclass `cls` with slots, as frozen as before, whose instances take half the time to make.

    Its own `__init__` looks each field up by its name in `object.__setattr__`; this one writes into the slots. Raises
    TypeError for a class that asks for more than its fields in order: `__post_init__`, a factory of defaults.
    """
    known = fields(cls)  # type: ignore[arg-type]
    if hasattr(cls, "__post_init__") or any(one.default_factory is not MISSING or not one.init for one in known):
        raise TypeError(f"{cls.__name__} cannot be made quickly")
    names: dict[str, object] = {f"_set_{one.name}": getattr(cls, one.name).__set__ for one in known}
    names |= {f"_default_{one.name}": one.default for one in known}
    takes = [one.name if one.default is MISSING else f"{one.name}=_default_{one.name}" for one in known]
    lines = [f"def __init__(self, {', '.join(takes)}):", *(f" _set_{one.name}(self, {one.name})" for one in known)]
    exec("\n".join(lines), names)  # noqa: S102 - the names of fields alone, as `dataclasses` itself makes it
    made = names["__init__"]
    made.__annotations__ = cls.__init__.__annotations__
    made.__qualname__ = f"{cls.__qualname__}.__init__"  # type: ignore[attr-defined]
    cls.__init__ = made  # type: ignore[assignment]
    return cls
