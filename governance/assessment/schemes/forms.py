"""The form of a scheme: one page with every indicator that fits, and the bands."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import IndicatorRole, SubjectKind
from governance.assessment.formulas.language import MAX_LENGTH
from governance.assessment.indicators import registry
from governance.assessment.indicators.registry import Indicator
from governance.assessment.models import Scheme
from governance.assessment.schemes.definitions import Band, Definition, Item, read
from orgs.errors import Refused

_PARTS = ("role", "weight", "formula", "floor", "cap", "least")


class SchemeForm(forms.Form):
    """The next version of a scheme, with what the newest one says."""

    name = forms.CharField(label=gettext_lazy("Name of the scheme"), max_length=60)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=400)
    delay_days = forms.IntegerField(
        label=gettext_lazy("Computed so many days after the period"), min_value=0, max_value=90
    )
    appeal_days = forms.IntegerField(
        label=gettext_lazy("Days to appeal"), min_value=1, max_value=60
    )
    is_public = forms.BooleanField(label=gettext_lazy("Results are made public"), required=False)
    formula = forms.CharField(
        label=gettext_lazy("Formula of the score"),
        max_length=MAX_LENGTH,
        help_text=gettext_lazy(
            "Names: base (weighted mean), bonus, deduction and the codes of the indicators. “none”: bands"
            " without a score."
        ),
    )
    digits = forms.IntegerField(label=gettext_lazy("Decimals"), min_value=0, max_value=4)
    least_raters = forms.IntegerField(
        label=gettext_lazy("Raters at least"), min_value=0, max_value=10_000
    )
    residents_percent = forms.IntegerField(
        label=gettext_lazy("Ordinary residents among them, per cent"), min_value=0, max_value=100
    )
    bands = forms.CharField(
        label=gettext_lazy("Bands"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "One a line: code | name | condition. The first whose condition holds is given."
        ),
    )

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        self.scheme = scheme
        definition = read(scheme.definition)
        initial = {
            "name": scheme.name, "source": scheme.source, "delay_days": scheme.delay_days,
            "appeal_days": scheme.appeal_days, "is_public": scheme.is_public,
            "formula": definition.formula, "digits": definition.digits,
            "least_raters": definition.least_raters,
            "residents_percent": definition.residents_percent,
            "bands": "\n".join(
                f"{band.code} | {band.name} | {band.condition}" for band in definition.bands
            ),
        }  # fmt: skip
        known = {item.code: item for item in definition.items}
        self.indicators = registry.fitting(SubjectKind(scheme.subject_kind))
        for indicator in self.indicators:
            item = known.get(indicator.code)
            for part in _PARTS:
                value = getattr(item or Item(indicator.code), part)
                if part == "role":
                    value = item.role.value if item else ""
                initial[f"{indicator.code}.{part}"] = value
        super().__init__(*args, **{**kwargs, "initial": initial | kwargs.get("initial", {})})
        for indicator in self.indicators:
            self._add(indicator)

    def _add(self, indicator: Indicator) -> None:
        roles = [("", _("not used")), *IndicatorRole.choices]
        made: dict[str, forms.Field] = {
            "role": forms.ChoiceField(label=_("Use"), choices=roles, required=False),
            "weight": forms.IntegerField(label=_("Weight"), min_value=0, max_value=1000),
            "formula": forms.CharField(label=_("Points"), max_length=MAX_LENGTH),
            "floor": forms.CharField(label=_("At least"), max_length=12, required=False),
            "cap": forms.CharField(label=_("At most"), max_length=12, required=False),
            "least": forms.IntegerField(label=_("Rows at least"), min_value=1, max_value=10_000),
        }
        for part, field in made.items():
            self.fields[f"{indicator.code}.{part}"] = field

    def lines(self) -> list[tuple[Indicator, list[forms.BoundField]]]:
        """Each indicator with its fields, for the page."""
        return [
            (indicator, [self[f"{indicator.code}.{part}"] for part in _PARTS])
            for indicator in self.indicators
        ]

    def own_fields(self) -> list[forms.BoundField]:
        """The fields of the scheme itself."""
        return [field for field in self if "." not in field.name]


def body_of(form_values: dict[str, Any], indicators: list[Indicator]) -> dict[str, Any]:
    """What was typed, as the keywords of a draft. Raises Refused for a line of bands that is none."""
    items = []
    for indicator in indicators:
        parts = {part: form_values.pop(f"{indicator.code}.{part}") for part in _PARTS}
        if parts["role"]:
            items.append(Item(indicator.code, **{**parts, "role": IndicatorRole(parts["role"])}))
    bands = []
    for line in form_values.pop("bands").splitlines():
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("|", 2)]
        if len(cells) < 3 or not all(cells):
            message = _("A band is a line of three: code | name | condition.")
            raise Refused(message, code="bad_scheme", field="bands")
        bands.append(Band(*cells))
    definition = Definition(
        items=tuple(items), bands=tuple(bands), formula=form_values.pop("formula"),
        digits=form_values.pop("digits"), least_raters=form_values.pop("least_raters"),
        residents_percent=form_values.pop("residents_percent"),
    )  # fmt: skip
    return {**form_values, "definition": definition}
