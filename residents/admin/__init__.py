"""The residents' part of the Django admin, a module for each group of models."""

from residents.admin import bodies, care, claims, ledgers, people

__all__ = ["bodies", "care", "claims", "ledgers", "people"]
