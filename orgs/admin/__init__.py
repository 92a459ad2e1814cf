"""The ground floor's part of the Django admin, a module for each group of models."""

from orgs.admin import accounts, platform, units

__all__ = ["accounts", "platform", "units"]
