"""An account as a file that whoever doubts it counts anew (`docs/verify_account.py`)."""

from typing import Any

from volunteers.service.accounts import ledgers


def document(account: ledgers.Account) -> dict[str, Any]:
    """The whole account: every entry with what its hash is made of."""
    return {
        "account": ledgers.name_of(account),
        "balance": account.balance,
        "length": account.length,
        "head": account.head,
        "entries": [
            {
                "i": entry.i,
                "amount": entry.amount,
                "kind": entry.kind,
                "source": entry.source,
                "source_id": entry.source_id,
                "month": f"{entry.month:%Y-%m}",
                "at": ledgers.moment(entry.at),
                "text": entry.text,
                "prev": entry.prev,
                "hash": entry.hash,
            }
            for entry in account.entries.order_by("i").iterator()
        ],
    }
