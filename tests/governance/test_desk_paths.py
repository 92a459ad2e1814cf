"""Every self-service step has a desk path (无障碍环境建设法, arts. 39 and 40).

What a resident or member does on the phone, staff do for somebody without one, with the same rows. The
table below is walked: a new page or action that people take for themselves has to be named here with
its desk path, or with the reason why it needs none; the community's guide lists the same pairs.
"""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver

from residents.deliberation.topics.course import workflow as topics
from tasks.workflow.rules import transitions as tasks
from tests.governance.test_guards import addresses
from volunteers.service.orders import workflow as orders
from volunteers.service.posts import workflow as posts
from volunteers.service.proxies import workflow as rings
from volunteers.service.reportins import workflow as report_ins

GUIDE = Path(settings.BASE_DIR, "docs/guides/community.zh-CN.md")

# What people do for themselves: how the guide calls it; their addresses; the address of the desk.
DESK_PATHS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("上报", ("tasks:report", "tasks:public_report"), ("tasks:call", "tasks:report")),
    (
        "查进度、补充、催办、撤回、评价、要求重新办理",
        ("tasks:progress", "tasks:progress_task", "tasks:progress_act", "tasks:act"),
        ("tasks:act", "tasks:call_back", "tasks:find"),
    ),
    ("年终评议评分", ("assessment:rate",), ("assessment:on_paper",)),
    ("我也遇到", ("tasks:follow", "tasks:unfollow"), ("tasks:call", "tasks:act")),
    (
        "认领房屋、邀请家人",
        ("residents:claim_home", "residents:claim_code", "residents:invite_home"),
        ("residents:move_in", "residents:claim_verify"),
    ),
    (
        "撤回认领、我搬走了、房子卖了",
        ("residents:claim_withdraw", "residents:leave_home"),
        ("residents:move_out", "residents:claim_refuse"),
    ),
    (
        "改姓名、电话、住址",
        ("orgs:account_profile", "orgs:account_set_home"),
        ("residents:person_correct",),
    ),
    (
        "同意和撤回同意",
        ("residents:consent",),
        ("residents:consent_for", "data_forms:submission_consent"),
    ),
    (
        "申请查阅、更正、删除个人信息，撤回申请",
        ("residents:my_data", "residents:data_ask", "residents:data_take_back"),
        ("residents:person_data", "residents:data_take_back_for", "residents:data_decide"),
    ),
    ("个人信息副本", ("residents:my_data_copy",), ("residents:data_copy_for",)),
    ("退出关爱台账", ("residents:care_withdraw",), ("residents:care_end",)),
    (
        "点单、评单、撤单",
        ("service:order_add", "service:order_act"),
        ("service:order_add_for", "service:order_act"),
    ),
    ("红邻档求助", ("service:ring_add", "service:ring_act"), ("service:ring_add_for",)),
    ("同意别人代办、撤回", ("service:consent_withdraw",), ("service:consent_add",)),
    (
        "活动报名、取消报名",
        ("service:activity_sign_up", "service:activity_withdraw"),
        ("service:activity_desk_sign_up", "service:sign_up_end"),
    ),
    ("活动签到", ("service:check",), ("service:roll_call",)),
    ("问卷：服务是否属实", ("service:served",), ("service:served",)),
    (
        "报到、迁移、结束报到",
        ("service:report", "service:report_in_act"),
        ("service:report_in_enter", "service:report_in_act"),
    ),
    ("每半年向支部报告", ("service:member_report",), ("service:member_report",)),
    (
        "认岗、退岗",
        ("service:post_claim", "service:claim_act"),
        ("service:post_claim_for", "service:claim_act"),
    ),
    ("月度申诉", ("service:appeal",), ("service:appeal_for",)),
    ("年度公示是否写名字", ("service:naming",), ("service:naming_for",)),
    ("服务证明", ("service:certificate_new",), ("service:certificate_for",)),
    (
        "积分兑换、退回",
        ("service:redeem", "service:redemption_cancel"),
        ("service:redeem_for", "service:redemption_cancel_for"),
    ),
    (
        "家庭积分、时间银行",
        ("service:family_feed", "service:time_give"),
        ("service:feed_for", "service:give_for"),
    ),
    ("提议题、改议题、撤议题", ("deliberation:topic_new",), ("deliberation:topic_new_for",)),
    (
        "联名、撤回联名、评议结果",
        ("deliberation:topic_act",),
        ("deliberation:topic_act",),
    ),
    (
        "议题发言、回复、申诉被隐藏的发言",
        ("deliberation:say", "deliberation:comment_answer", "deliberation:comment_appeal"),
        ("deliberation:say_for", "deliberation:comment_appeal"),
    ),
    ("对公示的决定提异议", ("deliberation:topic_object",), ("deliberation:topic_object_for",)),
    ("投票、改票", ("deliberation:poll_vote",), ("deliberation:poll_desk_entry",)),
    (
        "对名册、结果、票提出异议",
        (
            "deliberation:poll_contest",
            "deliberation:poll_object",
            "deliberation:poll_dispute",
        ),
        (
            "deliberation:poll_contest_for",
            "deliberation:poll_object_for",
            "deliberation:poll_dispute_for",
        ),
    ),
)
# What people do for themselves and no desk does for them, with the reason.
NO_DESK = {
    "set_type_size": "how one's own browser shows pages",
    "orgs:end_device": "about one's own account and devices",
    "orgs:sign_out_everywhere": "about one's own account and devices",
    "orgs:link_social": "about one's own account and devices",
    "orgs:unlink_social": "about one's own account and devices",
    "weixin_login": "about one's own account and devices",
    "dingtalk_login": "about one's own account and devices",
    "orgs:unsent_discard": "what one's own browser keeps",
    "orgs:notices_read": "notices of one's own account; without one, people are told by telephone",
    "orgs:notice_choices": "notices of one's own account; without one, people are told by telephone",
    "service:calendar_address": "an address for one's own calendar program",
    "service:pool_agree": "whoever is to become a secretary says so in person: nobody does it for them",
}
# What staff, members on duty and bodies do by office: no step that people take for themselves. Pages
# that ask for a permission by name are left out by themselves.
BY_OFFICE = frozenset(
    """
    orgs:service_point orgs:service_point_add orgs:landmark orgs:landmark_add orgs:account_leave
    orgs:appoint orgs:staff_import orgs:staff_enter orgs:position_end orgs:position_leave
    orgs:position_hand_over orgs:roster_send orgs:import_step orgs:import_decide orgs:street_add
    orgs:unit_add orgs:unit_profile
    tasks:campaign_import tasks:measure_act tasks:find tasks:bulk tasks:hotline tasks:saved
    tasks:saved_change tasks:saved_delete tasks:decide_exclusion tasks:patrol_recheck
    tasks:feedback_answer tasks:rate_whistle tasks:ask_exclusion tasks:reveal
    assessment:run_act assessment:score_appeal assessment:scheme_edit
    assessment:scheme_publish
    data_forms:phone_rows data_forms:form_numbers data_forms:form_complete data_forms:form_import data_forms:form_fill
    data_forms:list_add data_forms:list_file data_forms:filled_file data_forms:collection_act
    data_forms:submission_refill data_forms:submission_consent data_forms:submission_act
    deliberation:poll_act deliberation:ballot_sheet deliberation:poll_settings
    deliberation:poll_result_file deliberation:result_file deliberation:read_result_file
    deliberation:promise_part
    residents:household_change residents:move_in residents:visit residents:move_out
    residents:body_add residents:term_add residents:member_add residents:term_register
    residents:term_end residents:member_end residents:contract_add residents:contract_end
    residents:care_reader_add residents:care_change residents:care_end residents:care_visit
    residents:claim_papers residents:claim_verify residents:claim_refuse residents:letter_sheet
    residents:unmask residents:data_decide
    service:report_ins_confirm service:unit_report service:report_receive service:bond_end
    service:work_team_send service:work_team_end service:sign_up_end service:activity_edit
    service:roll_call service:roll_call_add service:attendance_approve service:long_day_approve service:long_day_refuse
    service:activity_act service:order_reveal service:ring_reveal service:served_contact service:adjustment_decide
    service:letter_receive
    volunteers:member_class volunteers:member_transfer volunteers:member_end
    volunteers:my_household_visit
    """.split()
)
ASKS_FOR_A_PERMISSION = re.compile(
    r"has_perm|permission_required|unit_for\(|row_for\(|reach_of|desk_poll\(|watched_poll\(|enters\("
    r"|_must_keep\(|_must_read\(|_find_month\(|_member\(|_person\(|_at_desk\(|_appoints\(|may_judge\("
    r"|objections\.may_answer\(|run_or_review\("
)
ONLY_READ = re.compile(r"@require_(safe|GET)\b")
OURS = ("governance", "orgs", "residents", "volunteers", "tasks")


def taken_by_people() -> set[str]:
    """The names of the pages that take something and ask for no permission: anybody signed in may."""
    found = set()
    for name, _route, pattern in addresses():
        if name.startswith("admin:"):
            continue
        view = pattern.callback
        module = getattr(view, "__module__", "")
        if not module.startswith(OURS) and not hasattr(view, "view_class"):
            continue
        view_class = getattr(view, "view_class", None)
        if view_class is not None:
            if not view_class.__module__.startswith(OURS) or ".api" in view_class.__module__:
                continue
            if not hasattr(view_class, "post"):
                continue
            found.add(name)
            continue
        if ".api" in module:
            continue
        source = inspect.getsource(inspect.unwrap(view))
        if not ONLY_READ.search(source) and not ASKS_FOR_A_PERMISSION.search(source):
            found.add(name)
    return found


def named() -> dict[str, Any]:
    mine = {name: label for label, names, _desk in DESK_PATHS for name in names}
    return mine | NO_DESK | dict.fromkeys(BY_OFFICE)


def test_every_step_that_people_take_has_a_desk_path_or_a_reason():
    """A new page that anybody may send: name it above with its desk path."""
    assert taken_by_people() - named().keys() == set()


def test_the_table_names_addresses_that_are():
    names = {name for name, _route, _view in addresses()}
    desks = {name for _label, _names, desk in DESK_PATHS for name in desk}
    assert (named().keys() | desks) - names == set()


def test_nothing_is_listed_in_vain():
    assert BY_OFFICE - taken_by_people() == set()
    assert NO_DESK.keys() - taken_by_people() == set()


@pytest.mark.parametrize("label", [label for label, _names, _desk in DESK_PATHS])
def test_the_communitys_guide_tells_both_sides(label):
    rows = [
        line.split("|") for line in GUIDE.read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    told = {row[1].strip(): row[2].strip() for row in rows if len(row) == 4}
    assert told.get(label), f"the table of the desk lacks “{label}”"


# --- Actions of a workflow: what private people may do, an office may enter ------------------------

PRIVATE: dict[str, tuple[Any, frozenset[Any]]] = {
    "task": (tasks, frozenset({tasks.W.REPORTER})),
    "topic": (
        topics,
        frozenset(
            {
                *(topics.W.PROPOSER, topics.W.SIGNER, topics.W.ELIGIBLE),
                *(topics.W.RATER, topics.W.RESIDENT),
            }
        ),
    ),
    "order": (orders, frozenset({orders.W.ORDERER})),
    "ring": (rings, frozenset({rings.W.CALLER})),
    "report-in": (report_ins, frozenset({report_ins.W.SELF})),
    "claim of a post": (posts, frozenset({posts.W.HOLDER})),
}
# Actions without an office's own transition, with how the desk does them.
ENTERED_OTHERWISE = {
    ("topic", "revise"): "a topic from paper: the desk is its proposer",
    ("topic", "withdraw"): "a topic from paper: the desk is its proposer",
    ("claim of a post", "withdraw"): "the branch refuses a claim that is taken back",
}


@pytest.mark.parametrize("noun", PRIVATE)
def test_what_private_people_may_do_an_office_may_enter(noun):
    table, private = PRIVATE[noun]
    private_alone = {
        action.value
        for action, transitions in table.TRANSITIONS.items()
        if any(one.who & private for one in transitions)
        and all(one.who <= private for one in transitions)
    }
    assert {(noun, action) for action in private_alone} == {
        key for key in ENTERED_OTHERWISE if key[0] == noun
    }


def test_the_resolver_is_walked():
    """So that an empty walk cannot pass."""
    assert any(isinstance(one, URLPattern) for one in get_resolver().url_patterns)
    assert {"tasks:follow", "service:redeem", "residents:consent"} <= taken_by_people()
