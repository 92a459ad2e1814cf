"""The ground floor's part of the Django admin, a module for each group of models."""

from orgs.accounts import admin as accounts_admin
from orgs.admin import platform
from orgs.imports import admin as imports_admin
from orgs.units import admin as units_admin
