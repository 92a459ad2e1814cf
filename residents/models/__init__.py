from residents.models.bodies import BodyMember, LocalBody, Term
from residents.models.care import CareChange, CareEntry, CareReader
from residents.models.claims import Claim, DoorCode
from residents.models.contracts import PropertyContract, PropertyFirm
from residents.models.coverage import CoverageDay
from residents.models.households import Household
from residents.models.letters import LetterRun, LetterSheet
from residents.models.people import Belonging, Person
from residents.models.privacy import (
    Consent,
    DataRequest,
    ImpactAssessment,
    PrivacyNotice,
    Unmasking,
)
from residents.models.visits import Visit

__all__ = [
    "Belonging",
    "BodyMember",
    "CareChange",
    "CareEntry",
    "CareReader",
    "Claim",
    "Consent",
    "CoverageDay",
    "DataRequest",
    "DoorCode",
    "Household",
    "ImpactAssessment",
    "LetterRun",
    "LetterSheet",
    "LocalBody",
    "Person",
    "PrivacyNotice",
    "PropertyContract",
    "PropertyFirm",
    "Term",
    "Unmasking",
    "Visit",
]
