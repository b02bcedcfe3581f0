"""The admin's pages about orgs, their people and invites."""

from orgs.admin.audit import AuditPages
from orgs.admin.invites import InvitePages
from orgs.admin.members import MemberPages
from orgs.admin.orgs import OrgPages

__all__ = ["AuditPages", "InvitePages", "MemberPages", "OrgPages"]
