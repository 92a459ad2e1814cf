"""The page of an action: its form, and taking it."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import FormView

from orgs.accounts.sign_in import signed_in
from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.attachments.uploads import store_each
from orgs.errors import DomainError, NotAllowed, WrongState
from orgs.models import Attachment, User
from orgs.values.text import listed
from orgs.web import once
from orgs.web.editing import FIELD, ChangedMeanwhile, Edited
from orgs.web.form_fields import is_filled
from orgs.web.refusals import audit_refusal, refuse
from orgs.web.return_to import next_page
from orgs.web.unsent.forms import restored
from orgs.workflow.forms import ActionForm, PhotosForm
from orgs.workflow.specification import Specification, text_for
from orgs.workflow.transitions import Workflow


def stored_photos(request: HttpRequest) -> tuple[QueryDict, list[Attachment], list[str]]:
    """Stores what was uploaded, whatever else is wrong with the form.

    Gives the form's data with the keys of what was stored, what was stored, and what was wrong with
    files.
    """
    uploads = request.FILES.getlist("photos")[: MAX_ATTACHMENTS + 1]
    stored, problems = store_each(request, uploads)
    data = request.POST.copy()
    for attachment in stored:
        data.appendlist("attachments", str(attachment.pk))
    return data, stored, problems


def open_steps(
    view: type["ActView"], row: Any, user: User, now: datetime, address: str
) -> list[dict[str, Any]]:
    """The buttons of what somebody may do now with a row; `address` names the URL of a step."""
    return [
        {
            "label": capfirst(str(option.action.label)),
            "url": reverse(address, args=[row.pk, option.action.value]),
            "one_click": view.specifications[option.action].is_one_click,
            "question": text_for(view.specifications[option.action].question, row),
            "is_next": view.specifications[option.action].is_next_step,
        }
        for option in view.workflow.options(row, user, now)
        if option.is_open and view.specifications[option.action].use_case
    ]


def why_closed(workflow: Workflow, row: Any, action: Any, user: User, now: datetime) -> str:
    """Why somebody who has the role for an action cannot take it now; "" where they can, or never may."""
    options = workflow.options(row, user, now)
    return next((option.refusal for option in options if option.action == action), "")


class ActView(LoginRequiredMixin, FormView):
    """Role first, then state, then what was typed.

    Subclasses look for the row in sight and know its page.
    """

    http_method_names = ["get", "post"]
    workflow: ClassVar[Workflow]
    specifications: ClassVar[Mapping[Any, Specification]]
    action: Any
    object: Any

    def get_object(self) -> Any:
        """The row that the address names; 404 for what is out of sight."""
        raise NotImplementedError

    def page_of(self, row: Any) -> str:
        """The address of the row's page, or of another for who has lost sight of it."""
        raise NotImplementedError

    def edits(self) -> Edited | None:
        """The row, where the form of the action shows it as it is and changes it."""
        return None

    @property
    def user(self) -> User:
        return signed_in(self.request)

    @property
    def specification(self) -> Specification:
        return self.specifications[self.action]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        actions = {action.value: action for action in self.specifications}
        self.action = actions.get(kwargs["action"])
        if self.action is None or self.specification.use_case is None:
            raise Http404
        self.object = self.get_object()
        try:
            self.workflow.check(self.object, self.action, self.user)
        except WrongState as refusal:
            return self.not_now(refusal)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[ActionForm]:
        return self.specification.form

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "row": self.object, "user": self.user}

    def get_form(self, form_class: Any = None) -> Any:
        if self.request.method != "GET":
            return super().get_form(form_class)
        return restored(self.request, partial(self.get_form_class(), **self.get_form_kwargs()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if before := once.earlier(request):
            return before
        problems: list[str] = []
        if issubclass(self.get_form_class(), PhotosForm):
            # With the keys of what was stored.
            self.request.POST, _stored, problems = stored_photos(request)  # type: ignore[assignment]
        form = self.get_form()
        if is_filled(form) and not problems:
            return self.form_valid(form)
        for problem in problems:
            form.add_error("photos" if "photos" in form.fields else None, problem)
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = capfirst(str(self.action.label))
        words = {
            "action": self.action,
            "heading": label,
            "submit": label,
            "question": text_for(self.specification.question, self.object),
            "back": self.page_of(self.object),
            "next": next_page(self.request),
        }
        context = super().get_context_data(**words | kwargs)
        if edits := self.edits():
            # Words that come back go on comparing with what their author saw.
            context.setdefault("shown", context["form"].data.get(FIELD) or edits.shown())
        return context

    def form_valid(self, form: ActionForm) -> HttpResponse:
        given, edits = {self.workflow.name: self.object, **form.body()}, self.edits()

        def work() -> tuple[str, str]:
            with transaction.atomic() if edits else nullcontext():
                if edits:
                    edits.refuse_changed(self.request)
                row = self.specification.take(by=self.user, now=timezone.now(), **given)
            address = next_page(self.request) or self.page_of(row)
            return text_for(self.specification.done, row), address

        try:
            return redirect(once.done_once(self.request, work))
        except NotAllowed:
            raise
        except ChangedMeanwhile as refusal:
            return self.changed_meanwhile(form, refusal)
        except DomainError as refusal:
            # The table refused it, not what was typed: somebody else was faster.
            if isinstance(refusal, WrongState) and "available_actions" in refusal.extra:
                return self.not_now(refusal)
            refuse(self.request, form, refusal)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)

    def changed_meanwhile(self, form: ActionForm, refusal: ChangedMeanwhile) -> HttpResponse:
        """The form again, with what somebody else changed, and what was typed over it."""
        edits = self.edits()
        assert edits is not None, "raised for an edited row only"
        audit_refusal(self.request, refusal)
        edits = edits.fresh()
        options = self.get_form_kwargs() | {"data": edits.merged(self.request, form, refusal.names)}
        again = self.get_form_class()(**options)
        edits.explain(again, refusal.names)
        context = self.get_context_data(form=again, shown=edits.shown())
        return self.render_to_response(context, status=refusal.status)

    def form_invalid(self, form: ActionForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def not_now(self, refusal: WrongState) -> HttpResponse:
        """Back to the row with a sentence: why not, and what is possible instead."""
        audit_refusal(self.request, refusal)
        labels = {action.value: capfirst(str(action.label)) for action in self.specifications}
        possible = [labels[name] for name in refusal.extra.get("available_actions", ())]
        text = refusal.message
        if possible:
            text += " " + _("What you can do now: %(actions)s.") % {"actions": listed(possible)}
        messages.warning(self.request, text)
        target = self.page_of(self.object)
        if getattr(self.request, "htmx", None):
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return redirect(target)
