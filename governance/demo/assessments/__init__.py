"""Assessments of the demo district."""

from governance.demo.assessments.periods import make

__all__ = ["make"]
