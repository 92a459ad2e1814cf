"""Spans of time: half-open, added, cut and counted."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

Span: TypeAlias = tuple[datetime, datetime]


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps; what meets becomes one."""
    merged: list[Span] = []
    for starts, ends in sorted(spans):
        if ends <= starts:
            continue
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return merged


def common(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """The time that lies in both."""
    mine, theirs = union(one), union(other)
    return [(max(a, c), min(b, d)) for a, b in mine for c, d in theirs if max(a, c) < min(b, d)]


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The time of the first that is not in the second."""
    left = union(spans)
    for starts, ends in union(taken):
        left = [
            part
            for a, b in left
            for part in ((a, min(b, starts)), (max(a, ends), b))
            if part[0] < part[1]
        ]
    return left


def minutes(spans: Sequence[Span]) -> int:
    """Whole minutes of spans that do not overlap."""
    return int(sum((ends - starts for starts, ends in spans), timedelta()) // timedelta(minutes=1))


def touches(one: Sequence[Span], other: Sequence[Span], gap: timedelta = timedelta(0)) -> bool:
    """Whether any two lie less than a gap apart; back to back with no gap is not."""
    return any(a < d + gap and c < b + gap for a, b in one for c, d in other)
