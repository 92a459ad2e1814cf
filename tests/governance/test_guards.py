"""Rules that every view, route and model keeps; exceptions are listed with a reason.

A listed exception that is none any more fails too, so the lists stay true.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.views import APIView

from orgs.api.base import PostView
from orgs.attachments import attachments
from orgs.db import append_only
from orgs.models import Device, Notice, Unit
from orgs.scoping import Scoped
from residents.enums import CareKind
from tasks.enums import Action, Status
from tests import factories as make
from tests.files import photo, upload

pytestmark = pytest.mark.same_on_each_engine

BASE = Path(settings.BASE_DIR)
OUR_APPS = (
    *("governance", "assessment", "dashboards", "data_forms", "tasks", "service", "volunteers"),
    *("deliberation", "residents", "orgs"),
)

# --- Views ---------------------------------------------------------------------------------------

# Names of addresses that strangers may open, each with its reason.
OPEN_TO_STRANGERS = {
    "healthz": "monitors do not sign in",
    "readyz": "monitors do not sign in",
    "tasks:duties": "what departments answer for is published (部门职责任务下沉小区清单)",
    "tasks:duties_choose": "the same: choosing a compound",
    "help": "help is for everybody",
    "guide": "help is for everybody",
    "complaints": "where to complain is no secret",
    "home": "the front door shows strangers how to sign in or report",
    "set_language": "a preference kept in a cookie",
    "set_type_size": "a preference kept in a cookie",
    "schema": "the description of the API needs no login",
    "docs": "the description of the API needs no login",
    "login": "the way in",
    "tasks:public_report": "passers-by report without an account",
    "public_reports": "passers-by report without an account",
    "public_report_question": "passers-by report without an account",
    "public_report_tickets": "passers-by report without an account",
    "public_report_photos": "passers-by report without an account",
    "session": "a page asks whether somebody is still signed in before it sends what waited",
    "tasks:duplicates": "passers-by see likely duplicates of their report",
    "tasks:categories": "passers-by choose a category",
    "tasks:places": "passers-by choose a place",
    "tasks:likely_kinds": "passers-by are proposed the kind of what they wrote",
    "tasks:patrol_worker": "a script without data; the browser asks for it without signing in",
    "data_forms:phone_worker": "a script without data; the browser asks for it without signing in",
    "orgs:service_points": "whom to call in an emergency is no secret",
    "residents:privacy": "what is done with data is no secret",
    "tasks:progress": "passers-by follow their report by number and digits",
}
# Open to strangers who bring a proof; without it their rows do not exist.
HIDDEN_FROM_STRANGERS = {
    "orgs:short_messages": "the demo alone shows what it would send",
    "metrics": "monitors bring a token or come from their own network",
    "orgs:attachment": "a photo is seen with what it belongs to",
    "orgs:attachment_thumbnail": "a photo is seen with what it belongs to",
    "activity_scan": "whoever scans a genuine code gets a pass before signing in",
    "service:calendar_feed": "calendar programs bring a private address",
    "service:scan": "whoever scans a genuine code gets a pass before signing in",
    "service:certificate": "whoever holds the paper reads what it says, by its random number",
    "tasks:report_photo": "photos of one's own report under way",
    "tasks:report_sent": "one's own report, known by a signed link or the session",
    "tasks:progress_task": "a report found by number and digits",
    "tasks:progress_act": "a report found by number and digits",
    "tasks:progress_photo": "photos of a report whose telephone was proven",
}
# Addresses under these are guarded elsewhere.
GUARDED_ELSEWHERE = ("admin/", "accounts/")


def real_arguments(cast: Any) -> dict[str, dict[str, Any]]:
    """Rows that exist, by the start of an address's name and by argument ("" is any other address).

    With arguments of nothing an open page would answer 404, like a closed one.
    """
    task = make.task(cast)
    attachment = attachments.store(upload=upload(photo()), by=cast.owner, now=make.NOW)
    position = cast.community_worker.positions.get().pk
    measure = make.measure(cast)
    notice = Notice.objects.create(recipient=cast.owner, kind="mine", key="1", at=make.NOW)
    device = Device.objects.create(
        user=cast.owner, session_key="k", name="微信", since=make.NOW, seen_at=make.NOW
    )
    way_in = SocialAccount.objects.create(user=cast.owner, provider="weixin", uid="1")
    belonging = make.belonging(make.resident(cast.building), make.household(cast.building))
    care_entry = make.care_entry(belonging.person)
    [naming] = make.care_reader(cast.community_worker, cast.community, CareKind.ASSISTANCE)
    term, contract = make.term(cast.compound), make.contract(cast.compound)
    member = make.body_member(term)
    topic = make.topic(cast)
    visited = make.act(
        make.task(cast, Status.HANDLING), Action.ARRANGE_VISIT, cast.community_worker,
        starts_at=make.NOW + timedelta(days=1), others=["居民代表"],
    )  # fmt: skip
    visit = visited.pending_visit
    return {
        "deliberation:topic": {"pk": topic.pk, "action": "discuss"},
        "data_forms:": {
            "pk": 1,
            "row": 1,
            "place": 1,
            "code": cast.community.code,
            "action": "sign",
        },
        "data_forms:collection": {"pk": 1, "action": "admit"},
        "form_answers": {"pk": 1},
        "blank_form": {"pk": 1, "row": 1, "place": 1, "code": cast.community.code},
        **{
            name: {"pk": 1}
            for name in ("collection", "submission", "form_catalogue", "filled_form", "saved_list")
        },
        "dashboards:": {"kind": "street", "code": cast.street.code},
        **{
            f"deliberation:{name}": {"pk": topic.pk}
            for name in ("say", "discussion_fetch", "comment", "meeting", "promise")
        },
        "deliberation:topic_rules": {"code": cast.compound.code},
        "deliberation:topic_new_for": {"code": cast.compound.code},
        "residents:data_take_back_for": {"pk": belonging.person_id, "asked": 1},
        "service:redemption_cancel_for": {"pk": 1, "held": 1},
        "deliberation:meeting_call": {"code": cast.compound.code},
        **{name: {"pk": topic.pk} for name in ("topic", "comment", "promise", "joint_meeting")},
        "residents:": {"code": belonging.household.code, "pk": belonging.pk},
        "residents:household_add": {"code": cast.building.code},
        "residents:pattern": {"code": cast.building.code},
        "residents:body_add": {"code": cast.compound.code},
        "residents:contract": {"code": cast.compound.code, "pk": contract.pk},
        "residents:body": {"pk": term.body_id},
        "residents:term": {"pk": term.pk},
        "residents:term_add": {"pk": term.body_id},
        "residents:member": {"pk": member.pk},
        "residents:member_add": {"pk": term.body_id},
        "body_": {"pk": term.body_id},
        "contract_end": {"pk": contract.pk},
        "residents:person": {"pk": belonging.person_id},
        **{
            f"{start}care_": {"pk": care_entry.pk, "code": cast.building.code}
            for start in ("residents:", "")
        },
        "residents:care_reader": {"pk": naming.pk},
        "orgs:attachment": {"pk": attachment.pk},
        "tasks:report_photo": {"key": attachment.pk},
        "tasks:progress_photo": {"number": task.number, "key": attachment.pk},
        "orgs:position": {"pk": position},
        "orgs:service_point": {"pk": 1, "code": cast.street.code},
        "service_point": {"pk": 1},
        "orgs:landmark": {"pk": 1, "code": cast.street.code},
        "landmark": {"pk": 1},
        "orgs:notice": {"pk": notice.pk},
        "orgs:end_device": {"pk": device.pk},
        "orgs:unlink_social": {"pk": way_in.pk},
        "tasks:followed": {"pk": task.pk},
        "tasks:unfollow": {"pk": task.pk},
        "tasks:decide_exclusion": {"pk": 1},
        "tasks:patrol_recheck": {"pk": 1},
        "tasks:feedback_answer": {"pk": 1},
        "tasks:feedback_round": {"pk": 1},
        "tasks:feedback_open": {"code": cast.street.code},
        "patrol_recheck": {"pk": 1},
        "feedback_answer": {"pk": 1},
        "tasks:campaign": {"pk": measure.campaign_id},
        "campaign": {"pk": measure.campaign_id},
        "tasks:measure": {"pk": measure.pk, "action": "report"},
        "measure": {"pk": measure.pk},
        "tasks:saved": {"pk": 1},
        "saved-filter": {"pk": 1},
        **{
            f"residents:{name}": {
                "pk": 1,
                "code": cast.building.code,
            }
            for name in ("claim", "letter", "data", "unmask")
        },
        "import": {"pk": 1, "number": 1},
        "orgs:import": {"pk": 1, "action": "apply"},
        "orgs:roster": {"code": cast.building.code, "roster": "residents"},
        "orgs:staff_enter": {"pk": 1},
        "data_request": {"pk": 1},
        "claim_": {"pk": 1},
        **{
            name: {
                "pk": 1,
                "entry": 1,
                "number": 1,
                "i": 1,
                "paper": 1,
                "paper_pk": 1,
                "proxy": 1,
                "action": "announce",
            }
            for name in ("deliberation:", "poll")
        },
        "volunteers:": {"code": belonging.household.code, "pk": belonging.pk, "role": "head"},
        "volunteers:post": {"code": cast.building.code, "pk": 1, "role": "head"},
        "volunteers:contacts": {"code": cast.building.code},
        **{name: {"pk": 1} for name in ("party_member", "building_post_end", "link_end")},
        **{
            f"service:{name}": {"pk": 1, "code": cast.compound.code, "action": "confirm"}
            for name in ("report", "pair", "post", "claim", "order", "ring", "proxy", "consent")
        },
        **{
            f"service:{name}": {"pk": 1, "code": cast.compound.code, "action": "publish"}
            for name in (
                "activity",
                "calendar_file",
                "sign_up_end",
                "codes_ahead",
                "scan",
                "check",
                "roll_call",
                "sheet",
                "attendance",
                "confirm_missing",
                "flag",
                "served",
            )
        },
        "tasks:visit": {"pk": visit.pk},
        "joint-visit": {"pk": visit.pk},
        "service:calendar_feed": {"token": "0" * 43},
        **{
            name: {"pk": 1}
            for name in (
                "activity",
                "check_in",
                "check_out",
                "roll_call",
                "confirm_missing",
                "attendance",
                "flag",
                "served",
            )
        },
        "service:certificate": {"number": "0" * 32},
        "service:certificate_for": {"pk": 1},
        "service:item": {"code": "D01"},
        **{
            name: {"pk": 1}
            for name in ("reportin", "report_in", "pairing", "double_report", "postclaim")
        },
        **{name: {"pk": 1} for name in ("service_post", "post_claims")},
        **{name: {"pk": 1} for name in ("serviceorder", "service_order", "ring")},
        "service:": {"pk": 1, "code": cast.compound.code, "action": "confirm", "name": "minutes"},
        **{
            name: {"pk": 1}
            for name in (
                *("service_", "reward", "redemption", "redeem", "month_", "letter", "adjustment"),
                *("family_", "work_team", "secretary", "long_day", "cloud_pair", "proxy_consent"),
            )
        },
        **{
            f"assessment:{name}": {
                "pk": 1,
                "action": "release",
                "period": "2026-03",
                "group": "street",
                "subject": 1,
                "code": cast.compound.code,
                "name": "secretaries",
                "year": 2026,
            }
            for name in ("",)
        },
        **{
            name: {"pk": 1}
            for name in (
                *("scheme", "run-", "run", "score", "member_reviews"),
                *("outside_figure", "compound_class"),
            )
        },
        "dashboard": {"kind": "compound", "code": cast.compound.code},
        "guide": {"name": "resident"},
        "orgs:account_leave": {"pk": position},
        "orgs:street_add": {"code": cast.district.code},
        "": {
            "code": cast.community.code,
            "number": task.number,
            "action": Action.ACCEPT.value,
            "pk": attachment.pk,
        },
    }


def addresses(
    patterns: Any = None, prefix: str = "", names: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """Every address of the portal: its name, a route and its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from addresses(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name}", route, pattern


def ours() -> list[tuple[str, str, Any]]:
    return [found for found in addresses() if not found[1].startswith(GUARDED_ELSEWHERE)]


def example_of(pattern: Any, name: str, arguments: dict[str, dict[str, Any]]) -> str:
    """The address of a row that exists. A new kind of argument has to be named above."""
    start = max((start for start in arguments if name.startswith(start)), key=len)
    values = {one: arguments[start][one] for one in pattern.pattern.converters}
    return reverse(name, kwargs=values)


def answers_to_strangers(client: Any, address: str) -> set[int]:
    """The states of the answers that are not the way to the sign-in page, 401, 403 or 405."""
    answers = [method(address) for method in (client.get, client.post)]
    return {
        answer.status_code
        for answer in answers
        if answer.status_code not in (401, 403, 405)
        and not (answer.status_code in (302, 303) and "/accounts/" in answer.headers["Location"])
    }


def test_every_view_refuses_strangers_unless_listed(client, cast):
    client.raise_request_exception = False
    arguments = real_arguments(cast)
    found = {
        name: answers_to_strangers(client, example_of(pattern, name, arguments))
        for name, _route, pattern in ours()
        if not name.endswith("None")
    }
    hidden = {name for name, answers in found.items() if answers == {404}}
    entered = {name for name, answers in found.items() if answers} - hidden
    assert entered - OPEN_TO_STRANGERS.keys() == set(), "strangers get in"
    assert OPEN_TO_STRANGERS.keys() - entered == set(), "listed, but closed: remove from the list"
    assert hidden == HIDDEN_FROM_STRANGERS.keys()


# --- API -----------------------------------------------------------------------------------------

NO_IDEMPOTENCY = {
    "login": "a token is never given out twice",
    "logout": "the token that would repeat it is gone",
    "my_data": "a copy of private data is not remembered; taking it again changes nothing",
    "public_reports": "whoever reports without an account is known by the ticket, which is used once",
    "public_report_tickets": "a ticket is given for a right answer, which is used up",
    "public_report_photos": "a photo belongs to its ticket, which counts them",
    "activity_scan": "a pass is never given out twice, and whoever scans needs no account",
    "poll_ballots": "a receipt is never given out twice; the poll's rule says what becomes of a second ballot",
}


def api_views() -> list[tuple[str, type[APIView]]]:
    found = []
    for name, route, pattern in addresses():
        view = getattr(pattern.callback, "cls", None) or getattr(
            pattern.callback, "view_class", None
        )
        if route.startswith("api/v1/") and view is not None:
            found.append((name, view))
    return found


def test_every_post_of_the_api_honours_idempotency_keys():
    posts = {name: view for name, view in api_views() if hasattr(view, "post")}
    without = {name for name, view in posts.items() if not issubclass(view, PostView)}
    assert posts
    assert without == NO_IDEMPOTENCY.keys()


# --- Rooms ---------------------------------------------------------------------------------------

# Modules that answer requests and are named otherwise, each with its reason.
ANSWER_ELSEWHERE = {
    "governance.health": "monitors ask it, without a page",
    "governance.metrics": "monitors ask it, without a page",
}
MOST_MODULES = 15


def in_apps() -> Iterator[Path]:
    for name in OUR_APPS:
        yield from (path for path in (BASE / name).rglob("*.py") if "migrations" not in path.parts)


def test_views_and_admin_lie_where_the_import_contract_sees_them():
    """In a module or package called `views`, `api` or `admin`; forms in `forms` of the same room."""
    views = {
        getattr(getattr(pattern.callback, "view_class", None) or pattern.callback, "cls", None)
        or getattr(pattern.callback, "view_class", None)
        or pattern.callback
        for _name, _route, pattern in addresses()
    }
    admins = {
        type(admin.site.get_model_admin(model))
        for model in our_models()
        if admin.site.is_registered(model)
    }
    modules = {view.__module__ for view in views | admins if view.__module__.startswith(OUR_APPS)}
    elsewhere = {name for name in modules if not {"views", "api", "admin"} & set(name.split("."))}
    assert elsewhere == ANSWER_ELSEWHERE.keys()


def test_every_room_is_in_the_contract():
    contracts = tomllib.loads((BASE / "pyproject.toml").read_text())["tool"]["importlinter"]
    [in_a_room] = [
        contract for contract in contracts["contracts"] if contract["name"].startswith("In a room")
    ]
    outside = {"views", "api", "admin"}
    packages = {path.parent for path in in_apps() if path.stem in outside} | {
        path.parent.parent for path in in_apps() if path.parent.name in outside
    }
    # The top of an app is no room; a program's own pages are above all of them.
    rooms = {
        ".".join(package.relative_to(BASE).parts)
        for package in packages
        if not (package / "apps.py").exists() and package.name not in outside
    }
    assert rooms - set(in_a_room["containers"]) == set()


def test_no_folder_has_more_modules_than_fit():
    counts = Counter(path.parent for path in in_apps() if path.stem != "__init__")
    crowded = {str(folder): count for folder, count in counts.items() if count > MOST_MODULES}
    assert crowded == {}


# --- Admin ---------------------------------------------------------------------------------------

NOT_IN_ADMIN: dict[str, str] = {
    "data_forms.Answer": "what is answered about people stands in their form alone",
    "data_forms.FormColumn": "shown on the page of its form",
    "data_forms.SumPart": "shown on the page of its form",
    "data_forms.CollectionEntry": "shown with its collection",
    "data_forms.CoveredColumn": "shown with its form of the catalogue",
    "data_forms.HandingConsent": "who agreed to what is shown on the page of the submission alone",
    "data_forms.SubmissionEntry": "shown with its submission",
    "data_forms.SubmissionRow": "what forms say of people is shown on their pages alone, recorded",
    "assessment.RunEntry": "shown with its run",
    "assessment.RunRow": "by the hundred thousand; the page of a score shows its own",
    "deliberation.Attendance": "shown on the page of its meeting",
    "deliberation.PromiseAttachment": "shown on the page of its topic",
    "deliberation.PromiseEntry": "shown on the page of its topic",
    "deliberation.PromisePart": "shown on the page of its topic",
    "deliberation.ResultRating": "who rated how is nobody's to look up; the average stands on the page",
    "deliberation.TopicAttachment": "shown on the page of its topic",
    "deliberation.TopicEntry": "shown with its topic",
    "deliberation.TopicSide": "shown with its topic",
    "deliberation.TopicText": "shown with its topic",
    "orgs.CodesSent": "moments of codes behind the blind index of a telephone, for a day",
    "orgs.Device": "everybody sees and ends the own ones",
    "orgs.ShortMessage": "numbers and texts, encrypted and forgotten after a month",
    "orgs.CompoundProfile": "shown with its compound",
    "orgs.Outline": "shown on the maps of its place",
    "orgs.UnsentForm": "encrypted, for its author alone, and forgotten after half an hour",
    "residents.LedgerFile": "encrypted and short-lived; its import is shown",
    "residents.LedgerRow": "encrypted and short-lived; its import is shown",
    "residents.LedgerTrace": "encrypted and short-lived; its import is shown",
    "residents.CareChange": "what an entry said before stands on its page, for named readers alone",
    "deliberation.BallotRun": "short-lived; shown on its own page at the desk",
    "deliberation.BallotSheet": "short-lived; shown on the page of its run",
    "deliberation.ResultFile": "shown on the page of its poll, by its hash",
    "deliberation.Delivery": "shown at the desk of its poll",
    "deliberation.Dispute": "shown on the page of its poll",
    "deliberation.PaperBallot": "says what was chosen: shown at the desk of its poll to who has to see it",
    "deliberation.PollClause": "shown with its poll",
    "deliberation.PollEvent": "shown with its poll",
    "deliberation.Proxy": "shown at the desk of its poll",
    "deliberation.RollPart": "shown with its entry",
    "deliberation.Turnout": "shown at the desk of its poll",
    "deliberation.VoterChoice": "shown on the roll of its poll",
    "tasks.Follow": "who met a problem too is nobody's to look up; how many stands on its page",
    "tasks.Synonym": "shown with its kind",
    "service.ActivityAttachment": "shown on the page of its activity",
    "service.ActivityEntry": "shown on the page of its activity",
    "service.ActivityInterval": "shown on the page of its activity",
    "service.CalendarFeed": "the hash of a private address",
    "service.CheckLocation": "where somebody was: for the fence alone, and deleted",
    "service.CodeTry": "wrong digits of an activity, for minutes",
    "service.CreditedInterval": "shown with its credit",
    "service.OrderAttachment": "shown on the page of its order",
    "service.OrderEntry": "shown on the page of its order",
    "service.PostClaimEntry": "shown with its claim",
    "service.ReportInEntry": "shown with its report-in",
    "service.RingEntry": "shown on the page of its ring",
    "service.ScanPass": "the hash of a pass, for minutes",
    "tasks.DayToCount": "lives for minutes, between the mark and the count; the counts are shown",
    "tasks.ReportTicket": "lives for days, and tells nothing of who has it",
    "tasks.VisitGuest": "shown with its joint visit",
    "tasks.DepartmentFeedback": "who said what is nobody's to look up; sums stand on the round's page",
}


def our_models() -> list[type[models.Model]]:
    return [
        model
        for name in OUR_APPS
        for model in apps.get_app_config(name).get_models()
        if not model._meta.auto_created
    ]


def labels(found: Any) -> set[str]:
    return {model._meta.label for model in found}


def test_every_model_is_in_the_admin_unless_listed():
    missing = labels(model for model in our_models() if not admin.site.is_registered(model))
    assert missing == NOT_IN_ADMIN.keys()


def test_lists_of_the_admin_are_narrowed_by_what_they_offer_alone(cast):
    """Django takes any column of a row: passwords and indexes would be guessed letter by letter."""
    request = RequestFactory().get("/")
    request.user = cast.admin
    open_ = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        if admin.site.is_registered(model)
        for site in [admin.site.get_model_admin(model)]
        for field in model._meta.get_fields()
        if not field.auto_created
        and not any(
            field.name in str(getattr(one, "parameter_name", one))
            for one in site.get_list_filter(request)
        )
        and field.name != site.date_hierarchy
        and site.lookup_allowed(f"{field.name}__startswith", "a", request)
    ]
    assert open_ == []


@pytest.mark.parametrize("lookup", ["password__startswith", "phone_index__startswith"])
def test_no_password_is_guessed_in_the_admin(cast, page, lookup):
    assert page(cast.admin).get(f"/admin/orgs/user/?{lookup}=a").status_code == 400


# What use-cases and jobs alone write.
WRITTEN_BY_USE_CASES = {
    "data_forms.Answer", "data_forms.BlankForm", "data_forms.FilledFile", "data_forms.FilledRun", "data_forms.FormColumn",
    "data_forms.SavedList", "data_forms.SumPart",
    "data_forms.CatalogueForm", "data_forms.Collection", "data_forms.CollectionEntry",
    "data_forms.CoveredColumn", "data_forms.HandingConsent", "data_forms.Submission",
    "data_forms.SubmissionEntry", "data_forms.SubmissionRow",
    "assessment.AppealAttachment", "assessment.CompoundClass", "assessment.Evaluation",
    "assessment.FigureFile", "assessment.LeftOut", "assessment.MemberReview",
    "assessment.OutsideFigure", "assessment.Run", "assessment.RunEntry", "assessment.RunRow",
    "assessment.Scheme", "assessment.Score", "assessment.ScoreAppeal",
    "deliberation.Ballot", "deliberation.BallotBox", "deliberation.Checkpoint",
    "deliberation.Delivery", "deliberation.Dispute", "deliberation.PaperBallot", "deliberation.Poll",
    "deliberation.PollClause", "deliberation.PollEvent", "deliberation.PollObjection",
    "deliberation.Proxy", "deliberation.RollEntry", "deliberation.RollPart", "deliberation.Turnout",
    "deliberation.VoterChoice",
    "deliberation.CoSignature", "deliberation.Comment", "deliberation.JointMeeting",
    "deliberation.Promise", "deliberation.Topic", "deliberation.TopicObjection",
    "deliberation.TopicRule",
    "dashboards.Board", "dashboards.BoardDay", "dashboards.DutyMonth", "dashboards.HotSpot",
    "dashboards.Reckoning",
    "orgs.Attachment", "orgs.AuditEntry", "orgs.AuditSeal", "orgs.Delivery", "orgs.DutyDay",
    "orgs.IdempotentAnswer", "orgs.Landmark", "orgs.Notice", "orgs.OneTimeCode",
    "orgs.ServicePoint", "orgs.UnsentForm",
    "residents.Belonging",
    "residents.CareChange", "residents.CareEntry", "residents.CareReader",
    "residents.Claim", "residents.Consent", "residents.DataRequest", "residents.DoorCode",
    "residents.Household", "residents.LedgerFile", "residents.LedgerImport", "residents.LedgerRow",
    "residents.LedgerTrace", "residents.Person", "residents.Unmasking", "residents.Visit",
    "residents.BodyMember", "residents.CoverageDay", "residents.LocalBody",
    "residents.PropertyContract", "residents.PropertyFirm", "residents.Term",
    "residents.LetterRun", "residents.LetterSheet",
    "service.Activity", "service.Adjustment", "service.Appeal", "service.Attendance",
    "service.Certificate", "service.CheckEvent", "service.CheckLocation", "service.CloudPair",
    "service.Credit", "service.CreditedInterval", "service.DoubleReport", "service.DutyRelief",
    "service.DutyRule", "service.ExportRecord", "service.FamilyBond", "service.Flag",
    "service.LongDay", "service.MinutesAccount", "service.MinutesEntry", "service.MonthLetter", "service.MonthResult",
    "service.OrderOffer", "service.Pairing", "service.Participant", "service.PointsAccount",
    "service.PointsEntry", "service.PostClaim", "service.PostRating", "service.ProxyConsent",
    "service.ProxyTeam", "service.ProxyTeamMember", "service.Redemption", "service.ReportIn",
    "service.Reward", "service.Ring", "service.RollCall", "service.RollCallLine",
    "service.SecretaryCandidate", "service.ServedQuestion", "service.ServiceItem", "service.ServiceMonth",
    "service.ServiceOrder", "service.ServicePost", "service.SignUp", "service.StockEntry",
    "service.TimeGift", "service.WorkTeam", "service.WorkTeamMember",
    "tasks.Assignment", "tasks.CallBackTry", "tasks.Campaign", "tasks.DayCount", "tasks.DecisionRequest",
    "tasks.DepartmentFeedback", "tasks.Event", "tasks.Exclusion", "tasks.FeedbackRound",
    "tasks.JointVisit", "tasks.LimitStepTaken", "tasks.Measure", "tasks.MeasureAttachment",
    "tasks.MeasureEntry", "tasks.Patrol", "tasks.Rating", "tasks.SavedFilter", "tasks.Task",
    "tasks.WhistleFeedback", "volunteers.BuildingPost", "volunteers.HouseholdLink",
    "volunteers.PartyMembership", "volunteers.RoleSetChoice",
}  # fmt: skip


@pytest.mark.parametrize("label", sorted(WRITTEN_BY_USE_CASES))
def test_the_admin_only_shows_what_use_cases_write(cast, label):
    model = apps.get_model(label)
    if not admin.site.is_registered(model):
        assert label in NOT_IN_ADMIN
        return
    site = admin.site.get_model_admin(model)
    request = RequestFactory().get("/")
    request.user = cast.admin
    assert site.has_add_permission(request) is False
    assert site.has_change_permission(request) is False
    assert site.has_delete_permission(request) is False


def test_what_must_stay_is_append_only():
    assert labels(append_only.protected_models()) == {
        "assessment.AppealAttachment",
        "assessment.CompoundClass",
        "assessment.Evaluation",
        "assessment.FigureFile",
        "assessment.LeftOut",
        "assessment.MemberReview",
        "assessment.OutsideFigure",
        "assessment.Run",
        "assessment.RunEntry",
        "assessment.RunRow",
        "assessment.Scheme",
        "assessment.Score",
        "assessment.ScoreAppeal",
        "data_forms.CollectionEntry",
        "data_forms.SubmissionEntry",
        "deliberation.Ballot",
        "deliberation.Checkpoint",
        "deliberation.Delivery",
        "deliberation.Poll",
        "deliberation.PollClause",
        "deliberation.PollEvent",
        "deliberation.ResultFile",
        "deliberation.RollEntry",
        "deliberation.RollPart",
        "deliberation.Turnout",
        "deliberation.CoSignature",
        "deliberation.PromiseAttachment",
        "deliberation.PromiseEntry",
        "deliberation.ResultRating",
        "deliberation.TopicAttachment",
        "deliberation.TopicEntry",
        "deliberation.TopicRule",
        "deliberation.TopicText",
        "orgs.AuditEntry",
        "orgs.AuditSeal",
        "residents.Consent",
        "residents.ImpactAssessment",
        "residents.PrivacyNotice",
        "residents.Unmasking",
        "residents.Visit",
        "service.ActivityAttachment",
        "service.ActivityEntry",
        "service.Certificate",
        "service.CheckEvent",
        "service.Credit",
        "service.CreditedInterval",
        "service.DutyRule",
        "service.ExchangeRule",
        "service.Institution",
        "service.MinutesEntry",
        "service.MonthLetter",
        "service.OrderAttachment",
        "service.OrderEntry",
        "service.PointsEntry",
        "service.PostClaimEntry",
        "service.PostRating",
        "service.PostRule",
        "service.ReportInEntry",
        "service.RingEntry",
        "service.RiseRule",
        "service.RollCall",
        "service.RollCallLine",
        "service.ServiceItem",
        "service.StockEntry",
        "service.TimeGift",
        "tasks.Assignment",
        "tasks.CallBackTry",
        "tasks.Event",
        "tasks.LimitStepTaken",
        "tasks.MeasureAttachment",
        "tasks.MeasureEntry",
        "tasks.RateRule",
        "tasks.StageRule",
        "tasks.Rating",
        "tasks.WhistleRule",
        "volunteers.LinkRule",
        "volunteers.RoleSet",
    }


# --- Scoping -------------------------------------------------------------------------------------

NOT_SCOPED = {
    "deliberation.TopicRule": "whoever reads a topic reads its rules; they are no secret",
    "orgs.Unit": "everybody reads units",
    "orgs.UnitAlias": "read with its unit",
    "orgs.CompoundProfile": "read with its unit",
    "orgs.Outline": "everybody reads units, and where they lie",
    "orgs.Grid": "read with its community; the admin narrows it by position",
    "orgs.Department": "everybody reads departments; its district and duties are no secret",
    "orgs.PartyOrganisation": "the admin narrows it by position",
    "orgs.DutyDay": "orgs.duty narrows it to the rosters that one keeps; no names of residents",
    "orgs.Position": "orgs.appointing narrows it to those whom one may appoint",
    "orgs.User": "orgs.appointing narrows it; the home is shown to its owner only",
    "tasks.VisitGuest": "read with its joint visit, by whoever sees that",
    "tasks.Transfer": "read with its task",
}


def leads_to_unit(model: type[models.Model]) -> bool:
    return any(
        isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model is Unit
        for field in model._meta.get_fields()
    )


def test_every_model_with_a_unit_is_scoped_unless_listed():
    found = labels(
        model for model in our_models() if leads_to_unit(model) and not issubclass(model, Scoped)
    )
    assert found == NOT_SCOPED.keys()
