"""This floor's part of the Django admin, a module for each group of models."""

from volunteers.admin import histories, rules

__all__ = ["histories", "rules"]
