"""Counts a downloaded account of minutes or points anew: python verify_account.py account.json

Needs nothing but Python: the chain is whole, every entry is what was booked, nothing is booked twice,
no balance was ever below nothing, and the balance is the sum.
"""

import hashlib
import json
import sys
from pathlib import Path

HASHED = ("i", "amount", "kind", "source", "source_id", "month", "at")


def check(fits: bool, problem: str) -> None:
    if not fits:
        sys.exit(f"WRONG: {problem}")


account = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
head, balance, seen = "0" * 64, 0, set()
for number, entry in enumerate(account["entries"], start=1):
    check((entry["i"], entry["prev"]) == (number, head), f"entry {number}: the chain is broken")
    content = {"account": account["account"], **{name: entry[name] for name in HASHED}}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    head = hashlib.sha256((head + text).encode()).hexdigest()
    check(entry["hash"] == head, f"entry {number}: its hash does not fit")
    once = (entry["source"], entry["source_id"], entry["kind"])
    check(once not in seen, f"entry {number}: booked twice")
    seen.add(once)
    check(entry["amount"] != 0, f"entry {number}: moves nothing")
    balance += entry["amount"]
    check(balance >= 0, f"entry {number}: the balance falls below nothing")
    print(f"{number:>5}  {entry['month']}  {entry['amount']:>+6}  {balance:>6}  {entry['text']}")
check(account["length"] == len(account["entries"]), "entries are missing at the end")
check(account["head"] == head, "the last hash is another one")
check(account["balance"] == balance, f"the balance says {account['balance']}, the sum is {balance}")
print(f"RIGHT: {len(account['entries'])} entries, balance {balance}, the last hash is {head}")
