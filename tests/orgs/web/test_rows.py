"""Forms and bodies that a model declares: they only validate."""

import pytest

from orgs.api.fields import RowSerializer
from orgs.models import CompoundProfile, User
from orgs.web.form_fields import RowForm


class ProfileForm(RowForm):
    class Meta(RowForm.Meta):
        model = CompoundProfile
        fields = ["type", "year_built"]


class NamesForm(RowForm):
    class Meta(RowForm.Meta):
        model = User
        fields = ["username", "name"]


class UserBody(RowSerializer):
    class Meta:
        model = User
        fields = ["name", "date_joined"]


def test_a_form_writes_no_row():
    form = ProfileForm({"year_built": "2005"})
    assert form.is_valid()
    assert form.cleaned_data["year_built"] == 2005
    with pytest.raises(NotImplementedError):
        form.save()


def test_no_choice_is_a_dash():
    assert ProfileForm().fields["type"].choices[0] == ("", "—")


def test_what_is_unique_is_left_to_the_database(cast, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert NamesForm({"username": cast.owner.username, "name": "钱一"}).is_valid()


def test_a_body_writes_no_row():
    body = UserBody(data={"name": "钱一", "date_joined": "0001-01-01T00:00:00"})
    assert not body.is_valid()
    assert list(body.errors) == ["date_joined"]
    body = UserBody(data={"name": "钱一"})
    assert body.is_valid()
    with pytest.raises(NotImplementedError):
        body.save()
