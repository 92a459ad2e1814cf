"""The residents' part of the Django admin, a module for each group of models."""

from residents.admin import people

__all__ = ["people"]
