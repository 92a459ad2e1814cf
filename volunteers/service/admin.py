"""This app's part of the Django admin, a module for each room."""

from volunteers.service.accounts import admin as accounts_admin
from volunteers.service.activities import admin as activities_admin
from volunteers.service.attendance import admin as attendance_admin
from volunteers.service.duty import admin as duty_admin
from volunteers.service.items import admin as items_admin
from volunteers.service.orders import admin as orders_admin
from volunteers.service.posts import admin as posts_admin
from volunteers.service.proxies import admin as proxies_admin
from volunteers.service.reportins import admin as reportins_admin
from volunteers.service.rewards import admin as rewards_admin
