"""Pages of service: each room adds its own."""

from django.urls import path

from volunteers.service.activities import views as activities
from volunteers.service.attendance.views import checks, reviews, roll_calls, screens
from volunteers.service.desk.views import desk, letters, mine, people
from volunteers.service.items import views as items
from volunteers.service.orders import views as orders
from volunteers.service.placements import views as placements
from volunteers.service.posts import views as posts
from volunteers.service.proxies import views as proxies
from volunteers.service.reportins import views as reportins
from volunteers.service.rewards import views as rewards

app_name = "service"
urlpatterns = [
    # Report-ins, certificates, pairings
    path("report-in/", reportins.report, name="report"),
    path("report-ins/", reportins.report_ins, name="report_ins"),
    path("report-ins/confirm/", reportins.confirm_all, name="report_ins_confirm"),
    path("report-ins/<int:pk>/", reportins.report_in, name="report_in"),
    path("report-ins/<int:pk>/certificate/", reportins.paper, name="report_in_paper"),
    path("report-ins/<int:pk>/skills/", reportins.skills, name="report_in_skills"),
    path(
        "report-ins/<int:pk>/<slug:action>/",
        reportins.ReportInActView.as_view(),
        name="report_in_act",
    ),
    path("units/<str:code>/report-ins/add/", reportins.enter, name="report_in_enter"),
    path("certificates/<str:number>/", reportins.certificate, name="certificate"),
    path("pairings/", reportins.pairing_list, name="pairings"),
    path("units/<str:code>/pairings/add/", reportins.pair, name="pair"),
    path("pairings/<int:pk>/end/", reportins.end_pairing, name="pairing_end"),
    path("pairings/<int:pk>/report/", reportins.unit_report, name="unit_report"),
    path("report-ins/<int:pk>/reports/add/", reportins.member_report, name="member_report"),
    path("double-reports/", reportins.report_list, name="double_reports"),
    path("double-reports/<int:pk>/receive/", reportins.report_receive, name="report_receive"),
    # Families, teams, the pool
    path("placements/", placements.placements, name="placements"),
    path("placements/families/add/", placements.bond_add, name="bond_add"),
    path("placements/families/<int:pk>/end/", placements.bond_end, name="bond_end"),
    path("units/<str:code>/work-teams/add/", placements.team_add, name="work_team_add"),
    path("work-teams/<int:pk>/send/", placements.team_send, name="work_team_send"),
    path("work-teams/<int:pk>/end/", placements.team_end, name="work_team_end"),
    path("work-team-members/<int:pk>/end/", placements.team_rotate, name="work_team_rotate"),
    path("secretaries/", placements.pool, name="pool"),
    path("units/<str:code>/secretaries/propose/", placements.propose, name="pool_propose"),
    path("secretaries/<int:pk>/agree/", placements.agree, name="pool_agree"),
    path("secretaries/<int:pk>/take-in/", placements.enlist, name="pool_enlist"),
    path("secretaries/<int:pk>/take-out/", placements.remove, name="pool_remove"),
    # Posts
    path("service-posts/", posts.post_list, name="posts"),
    path("service-posts/<int:pk>/", posts.post, name="post"),
    path("service-posts/<int:pk>/claim/", posts.claim, name="post_claim"),
    path("service-posts/<int:pk>/claim-for/", posts.claim_for, name="post_claim_for"),
    path("service-posts/<int:pk>/close/", posts.close, name="post_close"),
    path("units/<str:code>/service-posts/add/", posts.set_post, name="post_set"),
    path("post-claims/<int:pk>/<slug:action>/", posts.ClaimActView.as_view(), name="claim_act"),
    # Activities
    path("activities/", activities.activity_list, name="activities"),
    path("activities/month/", activities.month, name="activity_month"),
    path("activities/calendar/", activities.calendar_address, name="calendar_address"),
    path("activities/calendar/<str:token>.ics", activities.calendar_feed, name="calendar_feed"),
    path("units/<str:code>/activities/add/", activities.plan, name="activity_plan"),
    path("sign-ups/<int:pk>/end/", activities.sign_up_end, name="sign_up_end"),
    path("activities/<int:pk>/", activities.activity, name="activity"),
    path("activities/<int:pk>/edit/", activities.edit, name="activity_edit"),
    path("activities/<int:pk>/calendar.ics", activities.calendar_file, name="calendar_file"),
    path("activities/<int:pk>/sign-up/", activities.sign_up, name="activity_sign_up"),
    path("activities/<int:pk>/withdraw/", activities.withdraw, name="activity_withdraw"),
    path(
        "activities/<int:pk>/desk-sign-up/", activities.desk_sign_up, name="activity_desk_sign_up"
    ),
    # Attendance
    path("activities/<int:pk>/codes/", screens.screen, name="activity_codes"),
    path("activities/<int:pk>/codes/ahead/", screens.codes_ahead, name="codes_ahead"),
    path("activities/<int:pk>/scan/", checks.scan, name="scan"),
    path("activities/<int:pk>/check/", checks.check, name="check"),
    path("activities/<int:pk>/roll-call/", roll_calls.roll_call, name="roll_call"),
    path("activities/<int:pk>/roll-call/add/", roll_calls.walk_in, name="roll_call_add"),
    path("activities/<int:pk>/sheet/", roll_calls.sheet, name="sheet"),
    path("activities/<int:pk>/attendance/", reviews.attendance_page, name="attendance"),
    path("activities/<int:pk>/confirm-missing/", reviews.confirm_missing, name="confirm_missing"),
    path("attendance/", reviews.to_review, name="attendance_review"),
    path("attendance/approve/", reviews.approve_ticked, name="attendance_approve"),
    path("attendance/<int:pk>/reject/", reviews.reject, name="attendance_reject"),
    path("attendance-flags/<int:pk>/", reviews.flag, name="flag"),
    path("long-days/<int:pk>/approve/", reviews.approve_long_day, name="long_day_approve"),
    path("long-days/<int:pk>/refuse/", reviews.refuse_long_day, name="long_day_refuse"),
    path("served/<int:pk>/", reviews.served, name="served"),
    path("served/<int:pk>/contact/", reviews.served_contact, name="served_contact"),
    path(
        "activities/<int:pk>/<slug:action>/",
        activities.ActivityActView.as_view(),
        name="activity_act",
    ),
    # Orders
    path("service-orders/", orders.order_list, name="orders"),
    path("service-orders/add/", orders.add, name="order_add"),
    path("service-orders/<int:pk>/", orders.order, name="order"),
    path("service-orders/<int:pk>/contact/", orders.reveal, name="order_reveal"),
    path("service-orders/<int:pk>/<slug:action>/", orders.OrderActView.as_view(), name="order_act"),
    path("units/<str:code>/service-orders/add/", orders.add_for, name="order_add_for"),
    # Proxy help
    path("rings/", proxies.ring_list, name="rings"),
    path("rings/add/", proxies.add, name="ring_add"),
    path("rings/<int:pk>/", proxies.ring, name="ring"),
    path("rings/<int:pk>/contact/", proxies.reveal, name="ring_reveal"),
    path("rings/<int:pk>/<slug:action>/", proxies.RingActView.as_view(), name="ring_act"),
    path("units/<str:code>/rings/add/", proxies.add_for, name="ring_add_for"),
    path("proxy-help/", proxies.desk, name="proxy_desk"),
    path("units/<str:code>/proxy-team/add/", proxies.team_add, name="proxy_team_add"),
    path("proxy-teams/<int:pk>/members/add/", proxies.member_add, name="proxy_member_add"),
    path("proxy-team-members/<int:pk>/end/", proxies.member_end, name="proxy_member_end"),
    path("units/<str:code>/cloud-pairs/add/", proxies.pair_add, name="proxy_pair_add"),
    path("cloud-pairs/<int:pk>/end/", proxies.pair_end, name="proxy_pair_end"),
    path("proxy-consents/add/", proxies.consent_add, name="consent_add"),
    path("proxy-consents/<int:pk>/withdraw/", proxies.consent_withdraw, name="consent_withdraw"),
    # Items
    path("service-items/", items.item_list, name="items"),
    path("service-items/add/", items.add, name="item_add"),
    path("service-items/<str:code>/", items.edit, name="item"),
    # The member's page, the secretary's desk, months and letters
    path("service/mine/", mine.mine, name="mine"),
    path("service/mine/entries/", mine.entries, name="mine_entries"),
    path("service/mine/appeal/", mine.appeal, name="appeal"),
    path("service/mine/naming/", mine.naming, name="naming"),
    path("service/mine/certificate/", mine.certificate_new, name="certificate_new"),
    path("service/mine/accounts/<slug:name>/", mine.download, name="account_download"),
    path("service/certificates/<int:pk>/", mine.certificate_paper, name="service_certificate"),
    path("service/desk/", desk.desk, name="desk"),
    path("service/months/<int:pk>/", desk.month, name="month"),
    path("service/months/<int:pk>/rate-clean/", desk.rate_clean, name="month_rate_clean"),
    path("service/months/<int:pk>/close/", desk.close_month, name="month_close"),
    path("service/months/<int:pk>/rule/", desk.set_rule, name="duty_rule"),
    path("service/results/<int:pk>/", desk.result, name="result"),
    path("service/results/<int:pk>/rate/", desk.rate, name="result_rate"),
    path("service/appeals/<int:pk>/decide/", desk.decide, name="appeal_decide"),
    path("service/participants/", people.people, name="people"),
    path("service/participants/<int:pk>/", people.person, name="participant"),
    path("service/participants/<int:pk>/entries/", people.entries, name="participant_entries"),
    path("service/participants/<int:pk>/redeem/", people.redeem_for, name="redeem_for"),
    path(
        "service/participants/<int:pk>/redemptions/<int:held>/cancel/",
        people.cancel_for,
        name="redemption_cancel_for",
    ),
    path("service/participants/<int:pk>/appeal/", people.appeal_for, name="appeal_for"),
    path("service/participants/<int:pk>/naming/", people.naming_for, name="naming_for"),
    path(
        "service/participants/<int:pk>/certificate/", people.certificate_for, name="certificate_for"
    ),
    path("service/participants/<int:pk>/family/feed/", people.feed_for, name="feed_for"),
    path("service/participants/<int:pk>/family/give/", people.give_for, name="give_for"),
    path("service/participants/<int:pk>/relief/", desk.relief, name="relief"),
    path("service/participants/<int:pk>/adjust/", desk.adjust, name="adjust"),
    path("service/adjustments/<int:pk>/decide/", desk.decide_adjustment, name="adjustment_decide"),
    path("service/letters/", letters.letter_list, name="letters"),
    path("service/letters/<int:pk>/", letters.letter, name="letter"),
    path("service/letters/<int:pk>/paper/", letters.letter_paper, name="letter_paper"),
    path("service/letters/<int:pk>/receive/", letters.letter_receive, name="letter_receive"),
    path("service/publicity/", letters.publicity, name="publicity"),
    # Rewards
    path("rewards/", rewards.reward_list, name="rewards"),
    path("rewards/family/", rewards.family_page, name="family"),
    path("rewards/family/give/", rewards.give, name="time_give"),
    path("rewards/family/feed/", rewards.feed, name="family_feed"),
    path("rewards/counter/", rewards.counter, name="counter"),
    path("rewards/<int:pk>/redeem/", rewards.redeem, name="redeem"),
    path("rewards/<int:pk>/change/", rewards.change, name="reward_change"),
    path("rewards/<int:pk>/stock/", rewards.stock, name="reward_stock"),
    path("redemptions/<int:pk>/cancel/", rewards.cancel, name="redemption_cancel"),
    path("units/<str:code>/rewards/add/", rewards.add, name="reward_add"),
]
