"""The residents' part of the Django admin, a module for each group of models."""

from residents.care import admin as care_admin
from residents.claims import admin as claims_admin
from residents.organisations import admin as organisations_admin
from residents.roll import admin as roll_admin
