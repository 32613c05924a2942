"""Tables of staff: services, agents, partners."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models

from komek.platform.questions import Question
from komek.registers.staff import rules


class Service(models.Model):
    """A city body or company that does the work; never a topic."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in rules.Kind])
    name_kk = models.CharField(max_length=300, blank=True)
    name_ru = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    parent_code = models.CharField(max_length=40, blank=True)
    district_code = models.CharField(max_length=40, blank=True)
    active = models.BooleanField(default=True)
    works_round_the_clock = models.BooleanField(default=False)

    class Meta:
        ordering = ("code",)
        indexes = (models.Index(fields=["kind", "code"], name="staff_service_kind"),)

    def __str__(self) -> str:
        return self.code


class Agents(BaseUserManager["Agent"]):
    """Makes the people who sign in, with a hashed password."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Agent":
        """Make one agent; without a password nobody can sign in as them."""
        agent = self.model(username=username.strip().lower(), **fields)
        agent.set_password(password)
        agent.save(using=self._db)
        return agent

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "Agent":
        """Make the administrator of an installation."""
        fields.setdefault("role", rules.Role.ADMIN)
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)

    def get(self, *args: Any, **named: Any) -> "Agent":
        """One agent; by id it is the person of a session, whom every request asks for."""
        # A manager of related people is a class of its own: it knows only some of them.
        if args or named.keys() != {"pk"} or type(self) is not Agents:
            return super().get(*args, **named)
        found = _by_id.one(id=int(named["pk"]))
        if found is None:
            raise self.model.DoesNotExist
        return found


class Agent(AbstractBaseUser, PermissionsMixin):
    """A person who signs in; what they may do follows from the role."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in rules.Role])
    language = models.CharField(max_length=2, default="kk", choices=[(code, code) for code in rules.LANGUAGES])
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    personal = ("password",)
    unsaid = ("last_login",)

    objects = Agents()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ("username",)
        indexes = (models.Index(fields=["service", "role"], name="staff_agent_service"),)

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        """The name shown on screens."""
        return self.name

    def get_short_name(self) -> str:
        """The first word of the name."""
        return self.name.split(" ")[0]

    def may(self, right: rules.Right) -> bool:
        """Whether this person's role includes the right; someone who left may nothing."""
        return self.is_active and rules.may(self.role, right)


_by_id = Question(lambda id: Agent._base_manager.filter(id=id))  # noqa: A006 - the column, Django's own


class Partner(models.Model):
    """Another system that speaks to our API with a key of its own; only the key's hash is kept."""

    name = models.CharField(max_length=200, unique=True)
    key_prefix = models.CharField(max_length=16, unique=True, null=True, blank=True)
    key_hash = models.CharField(max_length=128, blank=True)
    scopes = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    personal = ("key_hash",)
    unsaid = ("last_used_at",)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
