"""Pages of the ground floor."""

from django.urls import path

from orgs.views import accounts, attachments, audit, duty, notices, positions, units

app_name = "orgs"
urlpatterns = [
    path("duty/", duty.roster, name="duty"),
    path("audit/", audit.audit_page, name="audit"),
    path("media/<uuid:pk>/", attachments.file, name="attachment"),
    path("media/<uuid:pk>/thumbnail/", attachments.thumbnail, name="attachment_thumbnail"),
    path("me/", accounts.account, name="account"),
    path("me/profile/", accounts.profile, name="account_profile"),
    path("me/home/", accounts.home, name="account_home"),
    path("me/home/set/", accounts.set_home, name="account_set_home"),
    path("me/leave/<int:pk>/", positions.leave, name="account_leave"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/choices/", notices.choices, name="notice_choices"),
    path("notices/<int:pk>/", notices.open_notice, name="notice"),
    path("staff/", positions.staff, name="staff"),
    path("staff/appoint/", positions.appoint, name="appoint"),
    path("staff/import/", positions.import_page, name="staff_import"),
    path("staff/import/template/", positions.import_template, name="staff_template"),
    path("staff/<int:pk>/", positions.position, name="position"),
    path("staff/<int:pk>/end/", positions.end, name="position_end"),
    path("staff/<int:pk>/leave/", positions.leave, name="position_leave"),
    path("staff/<int:pk>/hand-over/", positions.hand_over, name="position_hand_over"),
    path("units/", units.unit_list, name="units"),
    path("units/pick/", units.unit_pick, name="unit_pick"),
    path("units/districts/<str:code>/add/", units.street_add, name="street_add"),
    path("units/<str:code>/", units.unit_page, name="unit"),
    path("units/<str:code>/add/", units.unit_add, name="unit_add"),
    path("units/<str:code>/rename/", units.unit_rename, name="unit_rename"),
    path("units/<str:code>/move/", units.unit_move, name="unit_move"),
    path("units/<str:code>/profile/", units.unit_profile, name="unit_profile"),
]
