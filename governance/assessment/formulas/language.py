"""The formulas of schemes: checked, compiled once to closures, computed exactly.

Everything is a `Fraction` or no value (None). No value goes through every operation, so that what was
not measured never becomes 0 or 100; dividing by zero gives no value too. There are no loops, texts,
attributes or powers, a formula is at most 500 characters long and 20 levels deep, and its names are
those that its place in a scheme offers: so it ends, in a time that its length bounds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from django.utils.translation import gettext as _
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput

from governance.assessment.formulas.numbers import half_up
from orgs.errors import Refused

Value: TypeAlias = Fraction | None
Compiled: TypeAlias = Callable[[Mapping[str, Value]], Value]

MAX_LENGTH = 500
MAX_DEPTH = 20
MAX_DIGITS = 6
# How many things each function takes: at least, at most.
_TAKES = {"if": (3, 3), "min": (1, 20), "max": (1, 20), "round": (1, 2), "band": (3, 21)}

_PARSER = Lark(Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8"), parser="lalr")


class FormulaError(Refused):
    """A formula that cannot be computed; `position` is the character, counted from 1."""

    code = "formula"

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, field="formula", extra={"position": position})
        self.position = position


@dataclass(frozen=True)
class Formula:
    """A formula that was checked; call it with the values of its names."""

    text: str
    names: frozenset[str]
    compute: Compiled

    def __call__(self, values: Mapping[str, Value]) -> Value:
        return self.compute(values)


def compiled(text: str, names: Iterable[str]) -> Formula:
    """A formula over some names. Raises FormulaError with the place of what is wrong."""
    return _compiled(text, frozenset(names))


@lru_cache(maxsize=1024)
def _compiled(text: str, names: frozenset[str]) -> Formula:
    tree = _parsed(text)
    _refuse_deep(tree)
    used: set[str] = set()
    for token in _name_tokens(tree):
        if token not in names:
            raise FormulaError(
                _("“%(name)s” is no name that can be used here.") % {"name": str(token)},
                _place(token),
            )
        used.add(str(token))
    return Formula(text, frozenset(used), _closure(tree))


# --- Checking ----------------------------------------------------------------------------------


def _parsed(text: str) -> Tree | Token:
    if not text.strip():
        raise FormulaError(_("The formula is empty."), 1)
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            _("A formula has at most %(most)d characters.") % {"most": MAX_LENGTH}, MAX_LENGTH + 1
        )
    level = 0
    for place, sign in enumerate(text, start=1):
        level += (sign == "(") - (sign == ")")
        if level > MAX_DEPTH:
            raise _too_deep(place)
    try:
        return _PARSER.parse(text)
    except UnexpectedCharacters as error:
        raise FormulaError(
            _("“%(sign)s” cannot stand here.") % {"sign": text[error.pos_in_stream or 0]},
            (error.pos_in_stream or 0) + 1,
        ) from None
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        if token is None or token.type == "$END":
            raise FormulaError(_("The formula ends too early."), len(text.rstrip()) + 1) from None
        raise FormulaError(
            _("“%(sign)s” cannot stand here.") % {"sign": str(token)}, _place(token)
        ) from None


def _place(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _too_deep(place: int) -> FormulaError:
    return FormulaError(
        _("A formula is at most %(most)d levels deep.") % {"most": MAX_DEPTH}, place
    )


def _first_place(node: Tree | Token) -> int:
    """Where a node begins, as far as its tokens tell."""
    stack: list[Tree | Token] = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, Token):
            return _place(one)
        stack.extend(reversed(one.children))
    return 1


def _refuse_deep(tree: Tree | Token) -> None:
    """Walks the tree without recursion. Each bracket brings at most a comparison, a sum and a product;
    what is deeper still is a row of signs."""
    stack: list[tuple[Tree | Token, int]] = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, Token):
            continue
        if depth > 4 * MAX_DEPTH:
            raise _too_deep(_first_place(node))
        _refuse_wrong_count(node)
        stack.extend((child, depth + 1) for child in node.children)


def _refuse_wrong_count(node: Tree) -> None:
    if node.data != "call":
        return
    name, *parts = node.children
    least, most = _TAKES[str(name)]
    wrong = not least <= len(parts) <= most or (str(name) == "band" and len(parts) % 2 == 0)
    if wrong:
        texts = {
            "if": _("if(condition, then, else) takes three parts."),
            "min": _("min and max take 1 to 20 parts."),
            "max": _("min and max take 1 to 20 parts."),
            "round": _("round(value, digits) takes one or two parts."),
            "band": _("band(value, from, points, from, points …) takes a value and pairs."),
        }
        raise FormulaError(texts[str(name)], _first_place(name))
    if str(name) == "round" and len(parts) == 2:
        digits = parts[1]
        is_number = isinstance(digits, Tree) and digits.data == "number"
        text = str(digits.children[0]) if is_number else ""
        if not text.isdecimal() or int(text) > MAX_DIGITS:
            raise FormulaError(
                _("round takes 0 to %(most)d digits, as a number.") % {"most": MAX_DIGITS},
                _first_place(digits),
            )


def _name_tokens(tree: Tree | Token) -> list[Token]:
    if isinstance(tree, Token):
        return []
    return [node.children[0] for node in tree.iter_subtrees_topdown() if node.data == "name"]


# --- Compiling ---------------------------------------------------------------------------------

_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "≤": lambda left, right: left <= right,
    "≥": lambda left, right: left >= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}
_TRUE, _FALSE = Fraction(1), Fraction(0)


def _closure(node: Tree | Token) -> Compiled:
    assert isinstance(node, Tree), "every token is kept by a node of its own"
    if node.data == "number":
        number = Fraction(str(node.children[0]))
        return lambda values: number
    if node.data == "name":
        name = str(node.children[0])
        return lambda values: values[name]
    if node.data == "negate":
        inner = _closure(node.children[1])
        return lambda values: None if (value := inner(values)) is None else -value
    if node.data == "call":
        parts = [_closure(child) for child in node.children[1:]]
        return _CALLS[str(node.children[0])](parts)
    return _compare(node) if node.data == "compare" else _chain(node)


def _compare(node: Tree) -> Compiled:
    left, right = _closure(node.children[0]), _closure(node.children[2])
    holds = _COMPARE[str(node.children[1])]

    def compute(values: Mapping[str, Value]) -> Value:
        one, other = left(values), right(values)
        if one is None or other is None:
            return None
        return _TRUE if holds(one, other) else _FALSE

    return compute


def _chain(node: Tree) -> Compiled:
    """A sum or a product of several parts, from the left."""
    first = _closure(node.children[0])
    others = [
        (_OPERATIONS[str(sign)], _closure(part))
        for sign, part in zip(node.children[1::2], node.children[2::2], strict=True)
    ]

    def compute(values: Mapping[str, Value]) -> Value:
        result = first(values)
        for combine, part in others:
            value = part(values)
            if result is None or value is None:
                return None
            result = combine(result, value)
        return result

    return compute


_OPERATIONS: dict[str, Callable[[Fraction, Fraction], Value]] = {
    **dict.fromkeys("+", lambda one, other: one + other),
    **dict.fromkeys("-−", lambda one, other: one - other),
    **dict.fromkeys("*×", lambda one, other: one * other),
    **dict.fromkeys("/÷", lambda one, other: one / other if other else None),
}


def _if(parts: list[Compiled]) -> Compiled:
    condition, then, otherwise = parts

    def compute(values: Mapping[str, Value]) -> Value:
        held = condition(values)
        if held is None:
            return None
        return then(values) if held else otherwise(values)

    return compute


def _of_all(choose: Callable[[list[Fraction]], Fraction]) -> Callable[[list[Compiled]], Compiled]:
    def build(parts: list[Compiled]) -> Compiled:
        def compute(values: Mapping[str, Value]) -> Value:
            known = [value for part in parts if (value := part(values)) is not None]
            return choose(known) if len(known) == len(parts) else None

        return compute

    return build


def _round(parts: list[Compiled]) -> Compiled:
    digits = parts[1]({}) if len(parts) > 1 else _FALSE
    places = int(digits or 0)
    return lambda values: None if (value := parts[0](values)) is None else half_up(value, places)


def _band(parts: list[Compiled]) -> Compiled:
    """band(value, 60, 1, 80, 2): 0 under 60, 1 from 60 on, 2 from 80 on."""
    whole, *pairs = parts
    steps = list(zip(pairs[::2], pairs[1::2], strict=True))

    def compute(values: Mapping[str, Value]) -> Value:
        value, result = whole(values), _FALSE
        if value is None:
            return None
        for start, points in steps:
            begins = start(values)
            if begins is None:
                return None
            if value >= begins:
                reached = points(values)
                if reached is None:
                    return None
                result = reached
        return result

    return compute


_CALLS: dict[str, Callable[[list[Compiled]], Compiled]] = {
    "if": _if,
    "min": _of_all(min),
    "max": _of_all(max),
    "round": _round,
    "band": _band,
}
