"""The residents' part of the Django admin, a module for each group of models."""

from residents.admin import bodies, claims, people

__all__ = ["bodies", "claims", "people"]
