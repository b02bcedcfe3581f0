"""Reading orgs."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from orgs.models import Invite, Membership, Org


def orgs_accessible(user: User) -> list[Org]:
    """The user's orgs, and those with an open invite for the user's address, oldest first.

    The CLI can accept an invite only by naming an org that it was offered here.
    """
    member = Membership.objects.filter(org=OuterRef("pk"), user=user)
    invited = Invite.objects.filter(org=OuterRef("pk"), email=user.email, accepted_at=None)
    orgs = Org.objects.filter(Q(Exists(member)) | Q(Exists(invited)))
    return list(orgs.order_by("created_at", "pk"))
