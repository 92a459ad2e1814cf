from governance.assessment.models.figures import FigureFile, OutsideFigure
from governance.assessment.models.ratings import Evaluation, MemberReview
from governance.assessment.models.runs import (
    AppealAttachment,
    LeftOut,
    Run,
    RunEntry,
    RunRow,
    Score,
    ScoreAppeal,
)
from governance.assessment.models.schemes import CompoundClass, Scheme

__all__ = [
    "AppealAttachment",
    "CompoundClass",
    "Evaluation",
    "FigureFile",
    "LeftOut",
    "MemberReview",
    "OutsideFigure",
    "Run",
    "RunEntry",
    "RunRow",
    "Scheme",
    "Score",
    "ScoreAppeal",
]
