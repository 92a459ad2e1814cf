from residents.models.claims import Claim, DoorCode
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
    "Claim",
    "Consent",
    "DataRequest",
    "DoorCode",
    "Household",
    "ImpactAssessment",
    "LetterRun",
    "LetterSheet",
    "Person",
    "PrivacyNotice",
    "Unmasking",
    "Visit",
]
