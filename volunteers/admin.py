"""This floor's part of the Django admin, a module for each group of models."""

from volunteers.members import admin as members_admin
from volunteers.posts import admin as posts_admin
