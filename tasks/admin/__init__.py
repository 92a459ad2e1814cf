"""The tasks' part of the Django admin, a module for each group of models."""

from tasks.admin import campaigns, catalogue, lists, parts, tasks

__all__ = ["campaigns", "catalogue", "lists", "parts", "tasks"]
