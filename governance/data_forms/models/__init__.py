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
    "Submission",
    "SubmissionEntry",
    "SubmissionRow",
]
