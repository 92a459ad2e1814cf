"""Accounts: signing up, numbers, passwords, what a person sets for themselves."""

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from knox.models import AuthToken

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused
from orgs.models import Unit, User
from orgs.values import phones
from orgs.values.names import compared, contains_word, shown
from orgs.values.sentences import gettext as _

# Without letters and digits that are mistaken for each other.
INITIAL_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
MAX_NAME = 40


def by_phone(text: str) -> User | None:
    """The account of a mobile number, however it is written."""
    try:
        number = phones.normalise(text)
    except Refused:
        return None
    return User.objects.filter(phone_index=phones.index(number)).first()


def by_login(text: str) -> User | None:
    """The account of a user name or a mobile number."""
    text = text.strip()
    return User.objects.filter(username__iexact=text).first() or by_phone(text)


def mobile(text: str) -> str:
    """A normalised mobile number. Raises Refused for anything else."""
    number = phones.normalise(text)
    if not phones.is_mobile(number):
        raise Refused(_("Enter an 11-digit mobile number."), code="bad_phone")
    return number


def initial_password() -> str:
    """A random password of twelve characters, in groups that can be read out."""
    letters = "".join(secrets.choice(INITIAL_LETTERS) for _place in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def free_username(wanted: str) -> str:
    """The wanted user name, or one with a number behind it."""
    if not User.objects.filter(username__iexact=wanted).exists():
        return wanted
    while True:
        name = f"{wanted}{secrets.randbelow(10**6):06}"
        if not User.objects.filter(username__iexact=name).exists():
            return name


def sign_up(*, name: str, phone: str, password: str, now: datetime) -> User:
    """A resident's new account; the number stays unverified until a code is entered."""
    with transaction.atomic():
        person = User(
            username=free_username("u" + secrets.token_hex(4)), name=shown(name)[:MAX_NAME]
        )
        person.set_password(password)
        person.save()
        set_phone(person=person, phone=phone, verified=False, by=person, now=now)
        audit.record("sign_up", by=person, obj=person, now=now)
    return person


def create_staff(
    *, name: str, phone: str, username: str, password_hash: str, by: User, now: datetime
) -> User:
    """An account made for somebody, who must change its first password.

    `password_hash` is made beforehand (hashing is slow and must not hold the transaction). Whoever
    registers staff vouches for the number, so it counts as verified. Raises Refused for a taken
    user name or number.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(_("This user name is taken."), code="username_taken")
    try:
        with transaction.atomic():
            person = User.objects.create(
                username=username, name=name, password=password_hash, must_change_password=True
            )
            set_phone(person=person, phone=phone, verified=True, by=by, now=now)
            audit.record("create_account", by=by, obj=person, now=now)
    except IntegrityError as error:
        # Somebody took the name since it was looked up.
        raise Refused(_("This user name is taken."), code="username_taken") from error
    return person


def set_phone(*, person: User, phone: str, verified: bool, by: User, now: datetime) -> None:
    """Gives an account its mobile number. Raises Refused (`phone_taken`) if another confirmed it.

    A number that somebody else entered but never confirmed goes to whoever comes next.
    """
    number = mobile(phone)
    index = phones.index(number)
    try:
        with transaction.atomic():
            User.objects.filter(phone_index=index, phone_verified=False).exclude(
                pk=person.pk
            ).update(phone="", phone_index=None)
            person.phone = number
            person.phone_index = index
            person.phone_verified = verified
            person.save(update_fields=["phone", "phone_index", "phone_verified"])
            audit.record(
                "change_phone", by=by, obj=person, detail={"phone": phones.mask(number)}, now=now
            )
    except IntegrityError:
        raise Refused(
            _("This mobile number already belongs to an account."),
            code="phone_taken",
            field="phone",
        )


def change_password(*, person: User, password: str, by: User, now: datetime) -> None:
    """Sets a password of the person's own choice: other sessions and all API tokens end."""
    with transaction.atomic():
        person.set_password(password)
        person.must_change_password = False
        person.save(update_fields=["password", "must_change_password"])
        AuthToken.objects.filter(user=person).delete()
        audit.record("change_password", by=by, obj=person, now=now)


def give_initial_password(*, person: User, by: User, now: datetime) -> str:
    """Replaces a forgotten password by a random one, to be changed at once; answers it.

    Only superusers do this for superusers.
    """
    if person.is_superuser and not by.is_superuser:
        raise NotAllowed(_("Only an administrator may do this for an administrator."))
    password = initial_password()
    hashed = make_password(password)
    with transaction.atomic():
        person.password = hashed
        person.must_change_password = True
        person.save(update_fields=["password", "must_change_password"])
        AuthToken.objects.filter(user=person).delete()
        audit.record("give_initial_password", by=by, obj=person, now=now)
    return password


def remove_second_factor(*, person: User, by: User, now: datetime) -> None:
    """Takes away a lost second factor; it must be set up again at the next visit."""
    if person.is_superuser and not by.is_superuser:
        raise NotAllowed(_("Only an administrator may do this for an administrator."))
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        AuthToken.objects.filter(user=person).delete()
        audit.record("remove_second_factor", by=by, obj=person, now=now)


def set_active(*, person: User, active: bool, by: User, now: datetime) -> None:
    """Closes or opens an account. Nobody closes their own."""
    if person.pk == by.pk or (person.is_superuser and not by.is_superuser):
        raise NotAllowed(_("You may not close or open this account."))
    with transaction.atomic():
        person.is_active = active
        person.save(update_fields=["is_active"])
        if not active:
            AuthToken.objects.filter(user=person).delete()
        audit.record("open_account" if active else "close_account", by=by, obj=person, now=now)


def set_profile(*, person: User, name: str, type_size: int, by: User, now: datetime) -> None:
    """What people set for themselves: how they are called, and the size of type."""
    with transaction.atomic():
        person.name = shown(name)
        person.type_size = type_size
        person.save(update_fields=["name", "type_size"])
        audit.record("change_profile", by=by, obj=person, now=now)


def set_type_size(*, person: User, type_size: int) -> None:
    """How large the type is; a wish about the display, which the audit does not keep."""
    person.type_size = type_size
    person.save(update_fields=["type_size"])


def set_home(*, person: User, unit: Unit | None, by: User, now: datetime) -> None:
    """Where the person lives; reports start there."""
    with transaction.atomic():
        person.home = unit
        person.save(update_fields=["home"])
        detail = {"unit": unit.code} if unit else {}
        audit.record("set_home", by=by, obj=person, detail=detail, now=now)


def find_homes(text: str, limit: int) -> list[Unit]:
    """Compounds and buildings whose code or place name holds every word of a text."""
    homes = Unit.objects.filter(kind__in=[UnitKind.COMPOUND, UnitKind.BUILDING])
    for word in text.split()[:5]:
        key = compared(word)
        homes = homes.filter(Q(code__startswith=key) | contains_word("path_key", key))
    return list(homes.order_by("path_name", "pk")[:limit])
