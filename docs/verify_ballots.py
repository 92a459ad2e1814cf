"""Counts a vote anew from the files of its page: python verify_ballots.py board.json openings.json

Needs nothing but Python: the chain is whole, every ballot says what was committed to, no voter counts
twice, and the published numbers are the sum of the ballots.
"""

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path


def check(fits: bool, problem: str) -> None:
    if not fits:
        sys.exit(f"WRONG: {problem}")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if len(sys.argv) != 3:
    sys.exit(__doc__)
board, opened = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
head, commitments, voters = "0" * 64, {}, set()
people, area = Counter(), Counter()
for number, link in enumerate(board["entries"], start=1):
    check((link["i"], link["prev"]) == (number, head), f"ballot {number}: the chain is broken")
    head, commitments[number] = sha256(head + link["commitment"]), link["commitment"]
    check(link["hash"] == head, f"ballot {number}: its hash does not fit")
check(len(opened["entries"]) == len(commitments), "not every ballot is opened")
for one in opened["entries"]:
    content = {"poll": board["poll"], **{key: one[key] for key in ("entry", "choices", "nonce")}}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    check(sha256(text) == commitments[one["i"]], f"ballot {one['i']}: says something else")
    check(not one["counts"] or one["entry"] not in voters, f"ballot {one['i']}: counts twice")
    for question, chosen in one["choices"].items() if one["counts"] else ():
        voters.add(one["entry"])
        for answer in [chosen] if isinstance(chosen, str) else chosen:
            people[question, answer] += 1
            area[question, answer] += one["area"]
for row in opened["result"]["questions"]:
    sides = {
        name: (row["people"][name], row["area"][name]) for name in ("for", "against", "abstain")
    }
    options = {one["option"]: (one["people"], one["area"]) for one in row["options"]}
    for name, published in (options or sides).items():
        own = people[row["id"], name], area[row["id"], name]
        print(f"{row['id']} {name}: {own[0]} people, {own[1] / 100:.2f} m2")
        check(own == published or row["silent"]["people"] > 0, f"published: {published}")
print(f"RIGHT: {len(commitments)} ballots, {len(voters)} count, the last hash is {head}")
