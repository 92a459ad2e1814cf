"""Who keeps and reads what, and what code of this app asks for."""

from enum import StrEnum

from orgs.enums import Role

# The branch and the community run the service of their place; the street reads it and steps in.
SERVICE_KEEPERS = frozenset({Role.BRANCH_SECRETARY, Role.COMMUNITY_WORKER})
STREET_ROLES = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})
SERVICE_READERS = SERVICE_KEEPERS | STREET_ROLES
# Who works with the place and may be asked for help or see what is offered, without anybody's accounts.
SERVICE_HELPERS = SERVICE_READERS | {Role.GRID_WORKER}
# Who appoints secretaries: alone sees the pool of those to be.
APPOINTERS = STREET_ROLES
SERVING = frozenset({Role.PARTY_MEMBER, Role.VOLUNTEER})


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    VIEW_SERVICE = "service.view_service"
    KEEP_REPORTINS = "service.keep_reportins"
    KEEP_PAIRINGS = "service.keep_pairings"
    KEEP_POSTS = "service.keep_servicepost"
    KEEP_ITEMS = "service.keep_items"
    KEEP_ACTIVITIES = "service.keep_activity"
    KEEP_ORDERS = "service.keep_order"
    HELP_RESIDENTS = "service.help_residents"
    KEEP_TEAMS = "service.keep_teams"
    REVIEW_ATTENDANCE = "service.review_attendance"
    REVIEW_MONTHS = "service.review_month"
    KEEP_DUTY = "service.keep_dutyrule"
    KEEP_REWARDS = "service.keep_reward"
    HAND_OVER = "service.hand_over_reward"
    ADJUST_ACCOUNTS = "service.adjust_accounts"
    DECIDE_APPEALS = "service.decide_appeal"
    PROPOSE_SECRETARIES = "service.propose_secretary"
    VIEW_SECRETARIES = "service.view_secretarycandidate"
    RECEIVE_LETTERS = "service.receive_letter"
