"""This app's part of the Django admin, a module for each room."""

from residents.deliberation.polls import admin as polls_admin
from residents.deliberation.topics import admin as topics_admin
