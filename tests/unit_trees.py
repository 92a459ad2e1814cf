"""Whether the stored unit tree is sound."""

from collections import defaultdict

from orgs.enums import UNIT_LEVELS
from orgs.models import Unit


def assert_sound() -> None:
    """Numbers, levels, kinds, trees and path names all follow from the parent links."""
    units = list(Unit.objects.order_by("tree_id", "lft"))
    children = defaultdict(list)
    for unit in units:
        children[unit.parent_id].append(unit)
    roots = children[None]
    assert len({root.tree_id for root in roots}) == len(roots), "a tree for each street"

    def walk(unit: Unit, left: int, root: Unit, above: str) -> int:
        path = f"{above} {unit.short_name}".strip()
        assert (unit.lft, unit.tree_id, unit.path_name) == (left, root.tree_id, path), unit.code
        right = left + 1
        for child in children[unit.pk]:
            assert child.level == unit.level + 1, child.code
            right = walk(child, right, root, path)
        assert unit.rght == right, unit.code
        assert unit.kind == UNIT_LEVELS[unit.level], unit.code
        return right + 1

    for root in roots:
        assert root.level == 0
        walk(root, 1, root, "")
    assert sum((root.rght - root.lft + 1) // 2 for root in roots) == len(units), "nobody left out"
