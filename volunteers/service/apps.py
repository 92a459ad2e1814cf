from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# What the audit calls what this app does; each room adds its own.
AUDIT_LABELS = {
    "service.enter-participant": _("somebody without an account entered"),
    "service.set-skills": _("skills of somebody who serves entered"),
    "service.pair": _("organisation paired with a community"),
    "service.end-pairing": _("pairing ended"),
    "service.file-report": _("report of the double report filed"),
    "service.receive-report": _("report of the double report acknowledged"),
    "service.sign-up": _("signed up to an activity"),
    "service.withdraw-sign-up": _("sign-up to an activity ended"),
    "service.roll-call": _("roll-call of an activity"),
    "service.approve-attendance": _("attendance approved"),
    "service.reject-attendance": _("attendance not credited"),
    "service.approve-long-day": _("time of a long day approved"),
    "service.refuse-long-day": _("time of a long day not credited"),
    "service.decide-flag": _("flag of an attendance decided"),
    "service.answer-question": _("question to who was served answered"),
    "service.make-calendar": _("private address of a calendar made"),
    "service.revoke-calendar": _("private address of a calendar revoked"),
    "service.set-post": _("service post set"),
    "service.close-post": _("service post closed"),
    "service.reveal-serviceorder": _("telephone of a service order seen in clear"),
    "service.reveal-servedquestion": _("telephone of somebody asked about help seen in clear"),
    "service.reveal-ring": _("telephone of a ring for help seen in clear"),
    "service.found-team": _("team of proxy help set up"),
    "service.join-team": _("somebody taken into a team of proxy help"),
    "service.leave-team": _("somebody left a team of proxy help"),
    "service.pair-helpers": _("volunteer paired with a government helper"),
    "service.end-helpers": _("pair of cloud help ended"),
    "service.record-consent": _("consent to proxy help recorded"),
    "service.withdraw-consent": _("consent to proxy help withdrawn"),
    "service.save-item": _("item of the library changed"),
    "service.new-institution": _("institution of service changed"),
    "service.new-postrule": _("rule of posts changed"),
    "service.new-exchangerule": _("rule of exchange changed"),
    "service.new-riserule": _("rule of rising changed"),
    # Accounts
    "service.uncovered-reversal": _("spent already, could not be taken back"),
    "service.ask-adjustment": _("adjustment of an account asked for"),
    "service.decide-adjustment": _("adjustment of an account decided"),
    "service.stop-account": _("account stopped: balance and entries differ"),
    "service.take-export": _("voluntary service exported"),
    "service.answer-export": _("answers of the official system taken"),
    # Families, teams, the pool
    "service.bond-family": _("member bound to a family"),
    "service.end-bond": _("bond with a family ended"),
    "service.found-work-team": _("team sent to a community set up"),
    "service.join-work-team": _("somebody sent to a team"),
    "service.leave-work-team": _("somebody left a team sent to a community"),
    "service.end-work-team": _("team sent to a community ended"),
    "service.propose-secretary": _("secretary-to-be proposed"),
    "service.agree-candidacy": _("secretary-to-be agreed"),
    "service.enlist-secretary": _("secretary-to-be taken into the pool"),
    "service.remove-secretary": _("secretary-to-be taken out of the pool"),
    # The monthly duty
    "service.set-duty-rule": _("monthly duty of a branch set"),
    "service.grant-relief": _("relief from duty granted"),
    "service.withdraw-relief": _("relief from duty taken back"),
    "service.close-month": _("month of service closed"),
    "service.rate-month": _("member's month rated"),
    "service.rate-clean-months": _("months of members rated together"),
    "service.agree-to-be-named": _("consent to be named changed"),
    "service.certify": _("certificate of voluntary service issued"),
    "service.receive-letter": _("monthly letter acknowledged"),
    "service.appeal": _("appeal about service made"),
    "service.decide-appeal": _("appeal about service decided"),
    # Rewards
    "service.add-reward": _("reward added"),
    "service.change-reward": _("reward changed"),
    "service.move-stock": _("stock of a reward moved"),
    "service.give-time": _("minutes given to the family"),
    "service.feed-family": _("points passed to the family account"),
    "service.redeem": _("points exchanged"),
    "service.hand-over-redemption": _("reward handed over"),
    "service.cancel-redemption": _("exchange cancelled"),
    "service.expire-redemption": _("exchange run out"),
}

# What nobody changes. Of some a few columns stay free, and the others are written once.
APPEND_ONLY = (
    *("Institution", "PostRule", "ServiceItem", "ExchangeRule", "RiseRule", "DutyRule"),
    *("ReportInEntry", "PostClaimEntry", "PostRating"),
    *("ActivityEntry", "ActivityAttachment"),
    *("CheckEvent", "RollCall", "RollCallLine"),
    *("MinutesEntry", "PointsEntry", "TimeGift", "StockEntry"),
    *("OrderEntry", "OrderAttachment", "RingEntry"),
)
PARTLY_FREE: dict[str, tuple[str, ...]] = {
    # What was empty is filled once: a revocation, a receipt.
    "Certificate": ("revoked_because",),
    "MonthLetter": (),
    # A later revision takes its place.
    "Credit": ("is_latest",),
    "CreditedInterval": ("is_live",),
}


class ServiceConfig(AppConfig):
    name = "volunteers.service"
    label = "service"
    verbose_name = _("Report-ins, orders, activities, accounts")

    def ready(self) -> None:
        from orgs import no_overlap, registry
        from orgs.audit import labels
        from orgs.db import append_only
        from orgs.notifications import notifications
        from orgs.web import navigation
        from residents.privacy import purposes
        from volunteers.service import (
            grants,  # noqa: F401 (fills the table of permissions)
            own_data,
        )
        from volunteers.service.activities import notifications as activity_notifications
        from volunteers.service.activities import queries as activity_queries
        from volunteers.service.attendance import attendance, flags, samples
        from volunteers.service.desk import panels as desk_panels
        from volunteers.service.duty import notifications as duty_notifications
        from volunteers.service.enums import (
            ActivityAction,
            ClaimAction,
            OrderAction,
            ReportInAction,
            RingAction,
        )
        from volunteers.service.items.first_rules import ensure_rules
        from volunteers.service.navigation import ITEMS
        from volunteers.service.orders import notifications as order_notifications
        from volunteers.service.orders import panels as order_panels
        from volunteers.service.orders import queries as order_queries
        from volunteers.service.posts import notifications as post_notifications
        from volunteers.service.posts import panels as post_panels
        from volunteers.service.proxies import notifications as ring_notifications
        from volunteers.service.purposes import USES
        from volunteers.service.reportins import notifications as report_in_notifications

        for name in APPEND_ONLY:
            append_only.register(f"service.{name}")
        for name, free in PARTLY_FREE.items():
            append_only.register(f"service.{name}", free=free)
        no_overlap.register("service.ActivityInterval", owner="activity")
        no_overlap.register("service.CreditedInterval", owner="participant", live="is_live")
        # After migrate and after a test's flush alike: no installation is without rules and items.
        post_migrate.connect(ensure_rules, sender=self)
        purposes.add(USES)
        navigation.register(ITEMS)
        for kind in (
            *report_in_notifications.KINDS,
            *post_notifications.KINDS,
            *activity_notifications.KINDS,
            *samples.KINDS,
            *order_notifications.KINDS,
            *ring_notifications.KINDS,
            *duty_notifications.KINDS,
        ):
            notifications.register(kind)
        registry.register(registry.Name.PERSONAL_DATA_OF, own_data.own_data)
        registry.register(registry.Name.PERSONAL_DATA_OF_PERSON, own_data.own_data_of_person)
        registry.register(registry.Name.PERSONAL_DATA_PARTS, own_data.own_data_parts)
        registry.register(registry.Name.PEOPLE_STILL_NEEDED, own_data.people_still_needed)
        registry.register(registry.Name.UNIT_PANELS, post_panels.unit_panel)
        registry.register(registry.Name.DESK_PANELS, desk_panels.desk_panel)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, activity_queries.may_see_attachment)
        registry.register(registry.Name.MAY_SEE_ATTACHMENT, order_queries.may_see_attachment)
        registry.register(registry.Name.ACTIVITY_HELD, attendance.settle)
        registry.register(registry.Name.ACTIVITY_SUMMARISED, flags.look_at_pictures)
        registry.register(registry.Name.UNIT_PANELS, order_panels.unit_panel)
        labels.add(AUDIT_LABELS)
        # As the use-case writes it, and as the address of a refused request.
        for noun, actions in (
            ("reportin", ReportInAction),
            ("postclaim", ClaimAction),
            ("activity", ActivityAction),
            ("serviceorder", OrderAction),
            ("ring", RingAction),
        ):
            for action in actions:
                labels.add(
                    {f"service.{action}-{noun}": action.label, f"{noun}-{action}": action.label}
                )
