from governance.data_forms.models.forms import Answer, BlankForm, FilledFile, FilledRun, FormColumn
from governance.data_forms.models.lists import SavedList
from governance.data_forms.models.sums import SumPart

__all__ = [
    "Answer",
    "BlankForm",
    "FilledFile",
    "FilledRun",
    "FormColumn",
    "SavedList",
    "SumPart",
]
