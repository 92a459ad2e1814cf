"""Ages: whole years of life, and the last birthday that has them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orgs.values.days import age_on, birthday_of

DAYS = st.dates(date(1950, 1, 1), date(2050, 12, 31))


@given(age=st.integers(0, 50), day=DAYS)
def test_the_last_day_of_birth_is_the_last(age, day):
    last = birthday_of(age, day)
    assert age_on(last, day) >= age
    assert age_on(last + timedelta(days=1), day) == age - 1


def test_leap_days():
    assert age_on(date(2004, 2, 29), date(2018, 2, 28)) == 13
    assert birthday_of(14, date(2018, 2, 28)) == date(2004, 2, 28)
    assert birthday_of(14, date(2028, 2, 29)) == date(2014, 2, 28)
