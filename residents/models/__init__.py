from residents.models.claims import Claim, DoorCode
from residents.models.households import Household
from residents.models.ledgers import LedgerFile, LedgerImport, LedgerRow, LedgerTrace
from residents.models.people import Belonging, Person
from residents.models.privacy import Consent, DataRequest, PrivacyNotice, Unmasking
from residents.models.visits import Visit

__all__ = [
    "Belonging",
    "Claim",
    "Consent",
    "DataRequest",
    "DoorCode",
    "Household",
    "LedgerFile",
    "LedgerImport",
    "LedgerRow",
    "LedgerTrace",
    "Person",
    "PrivacyNotice",
    "Unmasking",
    "Visit",
]
