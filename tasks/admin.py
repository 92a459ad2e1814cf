"""The tasks' part of the Django admin, a module for each group of models."""

from tasks.calls import admin as calls_admin
from tasks.campaigns import admin as campaigns_admin
from tasks.catalogue import admin as catalogue_admin
from tasks.lists import admin as lists_admin
from tasks.visits import admin as visits_admin
from tasks.workflow.admin import parts as part_admin
from tasks.workflow.admin import tasks as workflow_admin
