"""Pages of the ground floor."""

from django.urls import path

from orgs.accounts import views as accounts_views
from orgs.attachments import views as attachments_views
from orgs.audit import views as audit_views
from orgs.calendar import views as calendar_views
from orgs.directory import views as directory_views
from orgs.imports import views as imports_views
from orgs.landmarks import views as landmarks_views
from orgs.notifications import views as notifications_views
from orgs.positions import views as positions_views
from orgs.units import views as units_views
from orgs.web.unsent import views as unsent_views

app_name = "orgs"
urlpatterns = [
    path("numbers/", directory_views.service_points, name="service_points"),
    path("numbers/<int:pk>/", directory_views.entry, name="service_point"),
    path("units/<str:code>/numbers/add/", directory_views.entry, name="service_point_add"),
    path("landmarks/", landmarks_views.landmark_list, name="landmarks"),
    path("landmarks/<int:pk>/", landmarks_views.entry, name="landmark"),
    path("units/<str:code>/landmarks/add/", landmarks_views.entry, name="landmark_add"),
    path("duty/", calendar_views.roster, name="duty"),
    path("duty/change/", calendar_views.change, name="duty_change"),
    path("duty/rotate/", calendar_views.rotate, name="duty_rotate"),
    path("duty/repeat/", calendar_views.repeat, name="duty_repeat"),
    path("audit/", audit_views.audit_page, name="audit"),
    path("media/<uuid:pk>/", attachments_views.file, name="attachment"),
    path("media/<uuid:pk>/thumbnail/", attachments_views.thumbnail, name="attachment_thumbnail"),
    path("me/", accounts_views.account, name="account"),
    path("me/devices/<int:pk>/end/", accounts_views.end_device, name="end_device"),
    path("me/devices/end/", accounts_views.sign_out_everywhere, name="sign_out_everywhere"),
    path("me/link/", accounts_views.link_social, name="link_social"),
    path("me/link/<int:pk>/end/", accounts_views.unlink_social, name="unlink_social"),
    path("me/profile/", accounts_views.profile, name="account_profile"),
    path("me/home/", accounts_views.home, name="account_home"),
    path("me/home/set/", accounts_views.set_home, name="account_set_home"),
    path("me/leave/<int:pk>/", positions_views.leave, name="account_leave"),
    path("unsent/discard/", unsent_views.discard, name="unsent_discard"),
    path("notices/", notifications_views.notice_list, name="notices"),
    path("notices/read/", notifications_views.read_all, name="notices_read"),
    path("notices/choices/", notifications_views.choices, name="notice_choices"),
    path("demo/messages/", notifications_views.messages_of_demo, name="short_messages"),
    path("notices/<int:pk>/", notifications_views.open_notice, name="notice"),
    path("staff/", positions_views.staff, name="staff"),
    path("staff/appoint/", positions_views.appoint, name="appoint"),
    path("staff/import/", positions_views.import_page, name="staff_import"),
    path("staff/import/template/", positions_views.import_template, name="staff_template"),
    path("staff/import/<int:pk>/enter/", positions_views.import_enter, name="staff_enter"),
    path("staff/<int:pk>/", positions_views.position, name="position"),
    path("staff/<int:pk>/end/", positions_views.end, name="position_end"),
    path("staff/<int:pk>/leave/", positions_views.leave, name="position_leave"),
    path("staff/<int:pk>/hand-over/", positions_views.hand_over, name="position_hand_over"),
    path("units/<str:code>/ledgers/", imports_views.rosters_of_unit, name="rosters"),
    path("units/<str:code>/ledgers/<slug:roster>/", imports_views.unit_send, name="roster_send"),
    path(
        "units/<str:code>/ledgers/<slug:roster>/template/",
        imports_views.unit_template,
        name="roster_template",
    ),
    path("ledgers/<slug:roster>/export/", imports_views.export, name="roster_export"),
    path("imports/<int:pk>/", imports_views.import_page, name="import"),
    path("imports/<int:pk>/to-correct/", imports_views.to_correct, name="import_to_correct"),
    path("imports/<int:pk>/<slug:action>/", imports_views.step, name="import_step"),
    path("import-rows/<int:pk>/decide/", imports_views.decide, name="import_decide"),
    path("units/", units_views.unit_list, name="units"),
    path("units/pick/", units_views.unit_pick, name="unit_pick"),
    path("units/districts/<str:code>/add/", units_views.street_add, name="street_add"),
    path("units/<str:code>/", units_views.unit_page, name="unit"),
    path("units/<str:code>/add/", units_views.unit_add, name="unit_add"),
    path("units/<str:code>/rename/", units_views.unit_rename, name="unit_rename"),
    path("units/<str:code>/move/", units_views.unit_move, name="unit_move"),
    path("units/<str:code>/profile/", units_views.unit_profile, name="unit_profile"),
    path("units/<str:code>/map/", units_views.unit_outlines, name="unit_outlines"),
]
