"""This app's part of /api/v1/: each room adds its own."""

from django.urls import path

from orgs.workflow.api import action_paths
from volunteers.service.accounts import api as accounts
from volunteers.service.activities import api as activities
from volunteers.service.attendance import api as attendance
from volunteers.service.duty import api as duty
from volunteers.service.items import api as items
from volunteers.service.orders import api as orders
from volunteers.service.placements import api as placements
from volunteers.service.posts import api as posts
from volunteers.service.proxies import api as proxies
from volunteers.service.reportins import api as reportins
from volunteers.service.rewards import api as rewards

urlpatterns = [
    # Report-ins and pairings
    path("report-ins/", reportins.ReportInListView.as_view(), name="report_ins"),
    path(
        "report-ins/<int:pk>/reports/",
        reportins.MemberReportView.as_view(),
        name="report_in_reports",
    ),
    path("report-ins/<int:pk>/skills/", reportins.SkillsView.as_view(), name="report_in_skills"),
    *action_paths(reportins.ReportInActionView, "report-ins/<int:pk>/"),
    path("pairings/", reportins.PairingListView.as_view(), name="pairings"),
    path("pairings/<int:pk>/end/", reportins.PairingEndView.as_view(), name="pairing_end"),
    path("pairings/<int:pk>/reports/", reportins.UnitReportView.as_view(), name="pairing_reports"),
    path(
        "double-reports/<int:pk>/receive/",
        reportins.ReceiveView.as_view(),
        name="double_report_receive",
    ),
    # Families, teams, the pool
    path("family-bonds/", placements.BondListView.as_view(), name="family_bonds"),
    path("family-bonds/<int:pk>/end/", placements.BondEndView.as_view(), name="family_bond_end"),
    path("work-teams/", placements.WorkTeamListView.as_view(), name="work_teams"),
    path("work-teams/<int:pk>/members/", placements.SendView.as_view(), name="work_team_send"),
    path("work-teams/<int:pk>/end/", placements.WorkTeamEndView.as_view(), name="work_team_end"),
    path(
        "work-team-members/<int:pk>/end/", placements.RotateView.as_view(), name="work_team_rotate"
    ),
    path("secretaries/", placements.CandidateListView.as_view(), name="secretaries"),
    path("secretaries/<int:pk>/agree/", placements.AgreeView.as_view(), name="secretary_agree"),
    path("secretaries/<int:pk>/take-in/", placements.EnlistView.as_view(), name="secretary_in"),
    path("secretaries/<int:pk>/take-out/", placements.RemoveView.as_view(), name="secretary_out"),
    # Posts
    path("posts/", posts.PostListView.as_view(), name="service_posts"),
    path("posts/<int:pk>/claim/", posts.ClaimView.as_view(), name="service_post_claim"),
    path("posts/<int:pk>/close/", posts.CloseView.as_view(), name="service_post_close"),
    path("post-claims/", posts.ClaimListView.as_view(), name="post_claims"),
    *action_paths(posts.ClaimActionView, "post-claims/<int:pk>/"),
    # Activities
    path("activities/", activities.ActivityListView.as_view(), name="activities"),
    path("activities/<int:pk>/sign-up/", activities.SignUpView.as_view(), name="activity_sign_up"),
    path(
        "activities/<int:pk>/withdraw/", activities.WithdrawView.as_view(), name="activity_withdraw"
    ),
    path(
        "activities/<int:pk>/sign-ups/",
        activities.SignUpListView.as_view(),
        name="activity_sign_ups",
    ),
    path("activities/<int:pk>/edit/", activities.ActivityEditView.as_view(), name="activity_edit"),
    *action_paths(activities.ActivityActionView, "activities/<int:pk>/"),
    # Attendance
    path("activities/<int:pk>/pass/", attendance.PassView.as_view(), name="activity_pass"),
    path("activities/<int:pk>/scan/", attendance.ScanView.as_view(), name="activity_scan"),
    path("activities/<int:pk>/check-in/", attendance.CheckInView.as_view(), name="check_in"),
    path("activities/<int:pk>/check-out/", attendance.CheckOutView.as_view(), name="check_out"),
    path("activities/<int:pk>/roll-call/", attendance.RollCallView.as_view(), name="roll_call"),
    path(
        "activities/<int:pk>/roll-call/add/",
        attendance.WalkInView.as_view(),
        name="roll_call_add",
    ),
    path(
        "activities/<int:pk>/confirm-missing/",
        attendance.ConfirmMissingView.as_view(),
        name="confirm_missing",
    ),
    path(
        "activities/<int:pk>/attendance/",
        attendance.AttendanceListView.as_view(),
        name="attendance",
    ),
    path(
        "attendance/<int:pk>/approve/", attendance.ApproveView.as_view(), name="attendance_approve"
    ),
    path("attendance/<int:pk>/reject/", attendance.RejectView.as_view(), name="attendance_reject"),
    path("attendance-flags/", attendance.FlagListView.as_view(), name="flags"),
    path("attendance-flags/<int:pk>/decide/", attendance.FlagDecideView.as_view(), name="flag"),
    path("long-days/", attendance.LongDayListView.as_view(), name="long_days"),
    path(
        "long-days/<int:pk>/approve/",
        attendance.LongDayApproveView.as_view(),
        name="long_day_approve",
    ),
    path(
        "long-days/<int:pk>/refuse/", attendance.LongDayRefuseView.as_view(), name="long_day_refuse"
    ),
    path("served-questions/<int:pk>/answer/", attendance.AnswerView.as_view(), name="served"),
    # Orders
    path("service-orders/", orders.OrderListView.as_view(), name="service_orders"),
    path("service-orders/<int:pk>/", orders.OrderView.as_view(), name="service_order"),
    path(
        "service-orders/<int:pk>/reveal-contact/",
        orders.RevealView.as_view(),
        name="service_order_reveal",
    ),
    *action_paths(orders.OrderActionView, "service-orders/<int:pk>/"),
    # Proxy help
    path("rings/", proxies.RingListView.as_view(), name="rings"),
    path("rings/<int:pk>/", proxies.RingView.as_view(), name="ring"),
    path("rings/<int:pk>/reveal-contact/", proxies.RingRevealView.as_view(), name="ring_reveal"),
    *action_paths(proxies.RingActionView, "rings/<int:pk>/"),
    path("proxy-teams/", proxies.TeamListView.as_view(), name="proxy_teams"),
    path("cloud-pairs/", proxies.PairListView.as_view(), name="cloud_pairs"),
    path("cloud-pairs/<int:pk>/end/", proxies.PairEndView.as_view(), name="cloud_pair_end"),
    path("proxy-consents/", proxies.ConsentListView.as_view(), name="proxy_consents"),
    path(
        "proxy-consents/<int:pk>/withdraw/",
        proxies.ConsentWithdrawView.as_view(),
        name="proxy_consent_withdraw",
    ),
    # Items
    path("service-items/", items.ItemListView.as_view(), name="service_items"),
    # Accounts and the monthly duty
    path("me/points/", accounts.MyPointsView.as_view(), name="my_points"),
    path("me/service/", duty.MyMonthView.as_view(), name="my_service"),
    path("service-months/", duty.MonthListView.as_view(), name="service_months"),
    path(
        "service-months/<int:pk>/close/", duty.MonthCloseView.as_view(), name="service_month_close"
    ),
    path("month-results/", duty.ResultListView.as_view(), name="month_results"),
    path("month-results/<int:pk>/rate/", duty.RateView.as_view(), name="month_result_rate"),
    path("month-letters/", duty.LetterListView.as_view(), name="month_letters"),
    path(
        "month-letters/<int:pk>/receive/",
        duty.ReceiveLetterView.as_view(),
        name="month_letter_receive",
    ),
    path("appeals/", duty.AppealListView.as_view(), name="service_appeals"),
    path("appeals/<int:pk>/decide/", duty.DecideView.as_view(), name="service_appeal_decide"),
    # Rewards
    path("rewards/", rewards.RewardListView.as_view(), name="rewards"),
    path("rewards/<int:pk>/redeem/", rewards.RedeemView.as_view(), name="reward_redeem"),
    path("me/family/", rewards.MyFamilyView.as_view(), name="my_family"),
    path("me/family/feed/", rewards.FeedView.as_view(), name="family_feed"),
    path("time-gifts/", rewards.TimeGiftListView.as_view(), name="time_gifts"),
    path("redemptions/", rewards.RedemptionListView.as_view(), name="redemptions"),
    path(
        "redemptions/<int:pk>/hand-over/",
        rewards.HandOverView.as_view(),
        name="redemption_hand_over",
    ),
    path("redemptions/<int:pk>/cancel/", rewards.CancelView.as_view(), name="redemption_cancel"),
]
