"""Blank forms, what is filled from them, and the collections in which units are asked for them."""

from governance.data_forms.models.catalogue import CatalogueForm, CoveredColumn, HandingConsent
from governance.data_forms.models.collections import (
    Collection,
    CollectionEntry,
    Submission,
    SubmissionEntry,
    SubmissionRow,
)
from governance.data_forms.models.forms import (
    Answer,
    BlankForm,
    FilledFile,
    FilledRun,
    FormColumn,
)
from governance.data_forms.models.lists import SavedList
from governance.data_forms.models.sums import SumPart

__all__ = [
    "Answer",
    "BlankForm",
    "CatalogueForm",
    "Collection",
    "CollectionEntry",
    "CoveredColumn",
    "FilledFile",
    "FilledRun",
    "FormColumn",
    "HandingConsent",
    "SavedList",
    "Submission",
    "SubmissionEntry",
    "SubmissionRow",
    "SumPart",
]
