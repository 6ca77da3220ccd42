"""Frozen dataclasses to JSON and back, strictly: an unknown or missing key or a wrong type is an error, never a guess.

A dataclass is an object without the fields that hold their default; `Span` is `[start, end]`; a `Decimal` is a string;
a date is ISO 8601; a member of a union of dataclasses carries its class name under `is`. What `from_json` gives
equals what went into `to_json`.
"""

from __future__ import annotations

import dataclasses
import types as builtin_types
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from rag.types import Span

T = TypeVar("T")
Coder = Callable[[Any], Any]
_TAG = "is"


class CodecError(ValueError):
    """JSON that is not the asked type: says which field of which class."""


def to_json(value: Any, kind: Any = None) -> bytes:
    """`value` as JSON in UTF-8. Name `kind` where it is a tuple or a union: `to_json(atoms, tuple[Atom, ...])`."""
    plain = to_plain(value, kind)
    try:
        return orjson.dumps(plain)
    except orjson.JSONEncodeError as exc:
        raise CodecError(f"{type(value).__name__}: {exc}") from exc


def from_json(kind: type[T], raw: bytes | str) -> T:
    """The value of type `kind` that `to_json` wrote; CodecError for anything else."""
    try:
        plain = orjson.loads(raw)
    except orjson.JSONDecodeError as exc:
        raise CodecError(f"not JSON: {exc}") from exc
    return from_plain(kind, plain)


def to_plain(value: Any, kind: Any = None) -> Any:
    """`value` as dicts, lists, strings and numbers that JSON knows."""
    return _encoder(type(value) if kind is None else kind)(value)  # type: ignore[arg-type]


def from_plain(kind: type[T], plain: Any) -> T:
    """The inverse of `to_plain`."""
    decoded: T = _decoder(kind)(plain)  # type: ignore[arg-type]
    return decoded


# ── Encoding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _encoder(kind: Any) -> Coder:
    if kind in _PLAIN:
        return _same
    if kind in _WRITTEN:
        return _WRITTEN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_value
    if dataclasses.is_dataclass(kind):
        return _dataclass_encoder(kind)
    shape, inner = _shape(kind)
    return _ENCODERS[shape](inner)


def _same(value: Any) -> Any:
    return value


def _span_pair(span: Span) -> list[int]:
    return [span.start, span.end]


def _enum_value(member: Enum) -> Any:
    return member.value


def _sequence_encoder(args: tuple[Any, ...]) -> Coder:
    encode = _encoder(args[0])
    return list if encode is _same else lambda values: [encode(value) for value in values]


def _mapping_encoder(args: tuple[Any, ...]) -> Coder:
    encode = _encoder(args[1])
    return lambda values: {key: encode(values[key]) for key in sorted(values)}


def _union_encoder(members: tuple[Any, ...]) -> Coder:
    others = [m for m in members if m is not type(None)]
    if len(others) == 1:
        encode = _lazy(_encoder, others[0])
        return lambda value: None if value is None else encode(value)
    encoders = {m: _lazy(_encoder, m) for m in _tagged(others)}

    def encode_member(value: Any) -> Any:
        if value is None:
            return None
        return {_TAG: type(value).__name__, **encoders[type(value)](value)}

    return encode_member


def _dataclass_encoder(cls: Any) -> Coder:
    coders = [(name, _lazy(_encoder, kind), default) for name, kind, default in _fields(cls)]

    def encode(value: Any) -> dict[str, Any]:
        plain = {}
        for name, coder, default in coders:
            item = getattr(value, name)
            if item is not default and item != default:
                plain[name] = coder(item)
        return plain

    return encode


# ── Decoding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _decoder(kind: Any) -> Coder:
    if kind is Any:
        return _same
    if kind in _READ:
        return _READ[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_decoder(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass_decoder(kind)
    shape, inner = _shape(kind)
    return _DECODERS[shape](inner)


def _exactly(kind: type) -> Coder:
    """A check that does not take True for 1, nor 1 for 1.0 the other way round."""

    def check(plain: Any) -> Any:
        if type(plain) is not kind:
            raise CodecError(f"{kind.__name__} expected, {_shown(plain)} found")
        return plain

    return check


def _float(plain: Any) -> float:
    if type(plain) is int or type(plain) is float:
        return float(plain)
    raise CodecError(f"number expected, {_shown(plain)} found")


def _decimal(plain: Any) -> Decimal:
    if type(plain) is not str:
        raise CodecError(f"number in a string expected, {_shown(plain)} found")
    try:
        return Decimal(plain)
    except InvalidOperation as exc:
        raise CodecError(f"number expected, {_shown(plain)} found") from exc


def _date(plain: Any) -> date:
    if type(plain) is not str:
        raise CodecError(f"date expected, {_shown(plain)} found")
    try:
        return date.fromisoformat(plain)
    except ValueError as exc:
        raise CodecError(f"date expected, {_shown(plain)} found") from exc


def _span(plain: Any) -> Span:
    if type(plain) is list and len(plain) == 2 and type(plain[0]) is int and type(plain[1]) is int:
        return Span(plain[0], plain[1])
    raise CodecError(f"[start, end] expected, {_shown(plain)} found")


_READ: dict[Any, Coder] = {
    str: _exactly(str), int: _exactly(int), bool: _exactly(bool), type(None): _exactly(type(None)),
    float: _float, Decimal: _decimal, date: _date, Span: _span,
}


def _enum_decoder(kind: type[Enum]) -> Coder:
    members = {member.value: member for member in kind}

    def decode(plain: Any) -> Enum:
        try:
            return members[plain]
        except (KeyError, TypeError) as exc:
            raise CodecError(f"no {kind.__name__}: {_shown(plain)}") from exc

    return decode


def _sequence_decoder(args: tuple[Any, ...]) -> Coder:
    if args[0] is str:
        return _strings
    decode = _lazy(_decoder, args[0])

    def decode_all(plain: Any) -> tuple[Any, ...]:
        if type(plain) is not list:
            raise CodecError(f"list expected, {_shown(plain)} found")
        return tuple([decode(value) for value in plain])

    return decode_all


def _strings(plain: Any) -> tuple[str, ...]:
    """The commonest list, checked without a call for each member."""
    if type(plain) is not list or not set(map(type, plain)) <= _STRING:
        raise CodecError(f"list of strings expected, {_shown(plain)} found")
    return tuple(plain)


def _mapping_decoder(args: tuple[Any, ...]) -> Coder:
    decode = _lazy(_decoder, args[1])

    def decode_all(plain: Any) -> dict[str, Any]:
        if type(plain) is not dict:
            raise CodecError(f"object expected, {_shown(plain)} found")
        return {key: decode(value) for key, value in plain.items()}

    return decode_all


def _union_decoder(members: tuple[Any, ...]) -> Coder:
    others = [m for m in members if m is not type(None)]
    optional = len(others) < len(members)
    if len(others) == 1:
        decode = _lazy(_decoder, others[0])
        return lambda plain: None if plain is None else decode(plain)
    decoders = {m.__name__: _dataclass_decoder(m, tagged=True) for m in _tagged(others)}

    def decode_member(plain: Any) -> Any:
        if plain is None and optional:
            return None
        if type(plain) is not dict or plain.get(_TAG) not in decoders:
            raise CodecError(f"one of {', '.join(sorted(decoders))} expected, {_shown(plain)} found")
        return decoders[plain[_TAG]](plain)

    return decode_member


def _dataclass_decoder(cls: Any, *, tagged: bool = False) -> Coder:
    """`tagged`: the object carries its class name, which is no field. What is wrong is worked out only when it is."""
    coders = {name: _lazy(_decoder, kind) for name, kind, _ in _fields(cls)}
    if tagged:
        coders[_TAG] = _same

    def decode(plain: Any) -> Any:
        try:
            values = {name: coders[name](item) for name, item in plain.items()}
            if tagged:
                del values[_TAG]
            return cls(**values)
        except (AttributeError, KeyError, TypeError, CodecError) as exc:
            raise CodecError(_what_is_wrong(cls, coders, plain)) from exc

    return decode


def _what_is_wrong(cls: Any, coders: Mapping[str, Coder], plain: Any) -> str:
    """Why `plain` is no `cls`: the first field that does not fit."""
    if type(plain) is not dict:
        return f"{cls.__name__}: object expected, {_shown(plain)} found"
    for name, item in plain.items():
        if name not in coders:
            return f"{cls.__name__} has no field {name!r}"
        try:
            coders[name](item)
        except CodecError as exc:
            return f"{cls.__name__}.{name}: {exc}"
    required = {name for name, _, default in _fields(cls) if default is _REQUIRED}
    return f"{cls.__name__} lacks {', '.join(sorted(required - plain.keys()))}"


# ── Shared ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Required:
    """Stands for the default of a field that has none: equal to nothing."""

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = object.__hash__


_REQUIRED = _Required()


@cache
def _fields(cls: Any) -> list[tuple[str, Any, Any]]:
    """Name, type and default of each field, in order; the default of a field without one is `_REQUIRED`."""
    hints = get_type_hints(cls)
    return [(f.name, hints[f.name], _default(f)) for f in dataclasses.fields(cls)]


def _default(spec: dataclasses.Field[Any]) -> Any:
    if spec.default is not dataclasses.MISSING:
        return spec.default
    if spec.default_factory is not dataclasses.MISSING:
        return spec.default_factory()
    return _REQUIRED


def _tagged(members: list[Any]) -> list[Any]:
    """The dataclasses of a union, which are told apart by their name."""
    if not all(dataclasses.is_dataclass(m) for m in members):
        raise TypeError(f"a union of {members} has no JSON form")
    return members


def _lazy(make: Callable[[Any], Coder], kind: Any) -> Coder:
    """The coder of `kind`, made at once unless `kind` leads back to itself (a predicate inside a predicate)."""
    if not _may_recurse(kind):
        return make(kind)
    made: list[Coder] = []

    def code(value: Any) -> Any:
        if not made:
            made.append(make(kind))
        return made[0](value)

    return code


def _may_recurse(kind: Any) -> bool:
    """Whether a kind can name itself: a union with a dataclass in it, or a plan that holds the plans of its parts."""
    members = [a for a in get_args(kind) if dataclasses.is_dataclass(a)]
    inner = any(_may_recurse(a) for a in get_args(kind) if a is not kind and not isinstance(a, type))
    itself = any(kind == held for a in members if isinstance(a, type) for _, held, _ in _fields(a))
    return itself or (bool(members) and get_origin(kind) in (Union, builtin_types.UnionType)) or inner


def _shape(kind: Any) -> tuple[str, tuple[Any, ...]]:
    """'union', 'sequence' or 'mapping', and what it holds; TypeError for what has no JSON form."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, builtin_types.UnionType):
        return "union", args
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return "sequence", args
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "mapping", args
    raise TypeError(f"{kind!r} has no JSON form")


def _shown(plain: Any) -> str:
    text = repr(plain)
    return text if len(text) <= 60 else text[:57] + "..."


_STRING = frozenset({str})
_PLAIN = frozenset({str, int, float, bool, type(None), Any})
_WRITTEN: dict[Any, Coder] = {Decimal: str, date: date.isoformat, Span: _span_pair}
_ENCODERS = {"union": _union_encoder, "sequence": _sequence_encoder, "mapping": _mapping_encoder}
_DECODERS = {"union": _union_decoder, "sequence": _sequence_decoder, "mapping": _mapping_decoder}
