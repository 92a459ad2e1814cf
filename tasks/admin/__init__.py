"""The tasks' part of the Django admin, a module for each group of models."""

from tasks.admin import catalogue, lists, parts, tasks

__all__ = ["catalogue", "lists", "parts", "tasks"]
