"""Claims of homes that wait, a letter whose code the guides name, requests about data."""

from datetime import datetime, timedelta

from governance.demo.places import EMERALD
from orgs.models import User
from residents.claims import claims, door_codes
from residents.enums import ConsentPurpose, DataRequestKind, Relation
from residents.models import DoorCode, Household
from residents.privacy import consents, data_requests

# A letter to this door, with a code that everybody may try out.
LETTER_TO, LETTER_CODE = f"{EMERALD}-012-1-901", "GUESTKEY"
# Who claims which home, as what, under what name.
WAITING = (
    ("demo-resident04", f"{EMERALD}-014-1-301", Relation.TENANT, "费居民"),
    ("demo-resident02", f"{EMERALD}-006-2-1002", Relation.FAMILY, "苗居民"),
)


def make(accounts: dict[str, User], now: datetime) -> None:
    """All of it, through the use-cases."""
    home = Household.objects.get(code=LETTER_TO)
    DoorCode.objects.create(
        household=home,
        digest=door_codes.digest(home, LETTER_CODE),
        made_by=accounts["community"],
        expires_at=now + door_codes.LIFE,
    )
    for username, code, relation, name in WAITING:
        claims.claim(
            household=Household.objects.get(code=code),
            relation=relation,
            name=name,
            by=accounts[username],
            now=now - timedelta(hours=5),
        )
    for account in accounts.values():
        consents.consent(purpose=ConsentPurpose.ACCOUNT, given=True, by=account, now=now)
    data_requests.ask(
        kind=DataRequestKind.CORRECT,
        text="去年换了工作。",
        corrections={"employment": "个体"},
        agrees=True,
        by=accounts["owner"],
        now=now,
    )
    data_requests.ask(
        kind=DataRequestKind.DELETE, text="已搬走，请删除。", by=accounts["tenant"], now=now
    )
