"""Who may do what: one table from role to permissions; unknown is denied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """A function held in one team, or in the organisation as a whole."""

    RELAY = "relay"
    PARALEGAL = "paralegal"
    COORDINATOR = "coordinator"
    FOCAL_POINT = "focal_point"
    SECOND = "second"
    AGENT = "agent"
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    DONOR = "donor"
    AUDITOR = "auditor"


OWNER_ROLES = frozenset({Role.RELAY, Role.PARALEGAL, Role.COORDINATOR})
PARTNER_ROLES = frozenset({Role.FOCAL_POINT, Role.SECOND, Role.AGENT})
ORGANISATION_ROLES = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.DONOR, Role.AUDITOR})


class Permission(StrEnum):
    """One thing a person can be allowed to do; routes and actions name it."""

    DESK_VIEW = "desk.view"
    CASE_LIST = "case.list"
    CASE_VIEW = "case.view"
    CASE_CREATE = "case.create"
    CASE_WRITE = "case.write"
    CASE_ASSIGN = "case.assign"
    CASE_CLOSE = "case.close"
    CASE_REOPEN = "case.reopen"
    CASE_ERASE = "case.erase"
    INTAKE_HAND_IN = "intake.hand_in"
    CONSENT_RECORD = "consent.record"
    NECESSITY_CONFIRM = "necessity.confirm"
    REFERRAL_SEND = "referral.send"
    REFERRAL_VIEW = "referral.view"
    REFERRAL_ACCEPT = "referral.accept"
    REFERRAL_REPORT = "referral.report"
    REFERRAL_ON_BEHALF = "referral.on_behalf"
    MEMBER_INVITE = "member.invite"
    MEMBER_CONFIRM = "member.confirm"
    PARTNER_COMPARE = "partner.compare"
    DIRECTORY_VIEW = "directory.view"
    DIRECTORY_WRITE = "directory.write"
    ACCOUNT_ADMINISTER = "account.administer"
    STATISTICS_VIEW = "statistics.view"
    ACTIVITY_WRITE = "activity.write"
    PROGRAMME_PLAN = "programme.plan"
    WORKLOAD_VIEW = "workload.view"
    AUDIT_VIEW = "audit.view"
    PRACTICE_VIEW = "practice.view"
    ACCOUNT_VIEW = "account.view"


P = Permission
EVERYBODY = frozenset({P.PRACTICE_VIEW, P.ACCOUNT_VIEW})
_PARALEGAL = EVERYBODY | {
    P.DESK_VIEW,
    P.CASE_LIST,
    P.CASE_VIEW,
    P.CASE_CREATE,
    P.CASE_WRITE,
    P.CASE_CLOSE,
    P.CASE_REOPEN,
    P.CONSENT_RECORD,
    P.REFERRAL_SEND,
    P.REFERRAL_VIEW,
    P.REFERRAL_ON_BEHALF,
    P.NECESSITY_CONFIRM,
    P.DIRECTORY_VIEW,
    P.ACTIVITY_WRITE,
}
_PARTNER = EVERYBODY | {
    P.DESK_VIEW,
    P.CASE_VIEW,
    P.REFERRAL_VIEW,
    P.REFERRAL_ACCEPT,
    P.REFERRAL_REPORT,
    P.DIRECTORY_VIEW,
}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.RELAY: EVERYBODY | {P.INTAKE_HAND_IN, P.DIRECTORY_VIEW},
    Role.PARALEGAL: _PARALEGAL,
    Role.COORDINATOR: _PARALEGAL
    | {P.CASE_ASSIGN, P.CASE_ERASE, P.MEMBER_INVITE, P.MEMBER_CONFIRM, P.PARTNER_COMPARE}
    | {P.WORKLOAD_VIEW},
    Role.AGENT: _PARTNER,
    Role.SECOND: _PARTNER | {P.PARTNER_COMPARE},
    Role.FOCAL_POINT: _PARTNER | {P.MEMBER_INVITE, P.MEMBER_CONFIRM, P.PARTNER_COMPARE},
    Role.ADMINISTRATOR: EVERYBODY
    | {P.ACCOUNT_ADMINISTER, P.DIRECTORY_VIEW, P.DIRECTORY_WRITE, P.PROGRAMME_PLAN},
    Role.MANAGER: EVERYBODY | {P.STATISTICS_VIEW},
    Role.DONOR: EVERYBODY | {P.STATISTICS_VIEW},
    Role.AUDITOR: EVERYBODY | {P.AUDIT_VIEW},
}


@dataclass(frozen=True, slots=True)
class Membership:
    """One active membership as the gate read it on this very request."""

    team_id: UUID
    kind: str
    role: Role
    epoch: int
    team_name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person an action is done by: what she is, never her keys."""

    user_id: UUID
    organisation_role: Role | None
    memberships: tuple[Membership, ...]

    def roles(self) -> frozenset[Role]:
        """Every role the person holds anywhere."""
        held = {membership.role for membership in self.memberships}
        return frozenset(held | ({self.organisation_role} if self.organisation_role else set()))

    def may(self, permission: Permission) -> bool:
        """True when any role of the person grants the permission somewhere."""
        return any(permission in PERMISSIONS.get(role, frozenset()) for role in self.roles())

    def teams_with(self, permission: Permission) -> frozenset[UUID]:
        """The teams in which the person holds the permission: the filter of every listing."""
        return frozenset(
            membership.team_id
            for membership in self.memberships
            if permission in PERMISSIONS.get(membership.role, frozenset())
        )

    def may_in(self, permission: Permission, team_id: UUID) -> bool:
        """True when the person holds the permission in this very team: the point check."""
        return team_id in self.teams_with(permission)
