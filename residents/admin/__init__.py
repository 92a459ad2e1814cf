"""The residents' part of the Django admin, a module for each group of models."""

from residents.admin import claims, people

__all__ = ["claims", "people"]
