"""This app's part of the Django admin, a module for each room."""
