"""What can go wrong with people and their orgs."""

from plandex_server.errors import BadRequest, Conflict, Forbidden, TooManyRequests, Unauthorized


class NoAuthHeader(Unauthorized):
    code = "no_auth_header"


class BadAuthHeader(Unauthorized):
    code = "bad_auth_header"


class NoOrg(Unauthorized):
    code = "no_org"


class NotAMember(Unauthorized):
    code = "not_a_member"


class OrgNotNamed(BadRequest):
    code = "org_not_named"


class AuthOutdated(Unauthorized):
    """The CLI answers this by fetching its org again and repeating its call."""

    type = "auth_outdated"
    code = "auth_outdated"


class InvalidDomain(BadRequest):
    code = "invalid_domain"


class DomainTaken(Conflict):
    code = "domain_taken"


class AlreadyAMember(BadRequest):
    code = "already_a_member"


class AlreadyInvited(BadRequest):
    code = "already_invited"


class TooManyFromUser(TooManyRequests):
    code = "too_many_requests_of_user"


class LastOwner(Forbidden):
    code = "last_owner"


class LocalModeRefusal(Forbidden):
    """People can't be managed in local mode: everyone who reaches the server may be anyone."""

    code = "local_mode"
    ends_cli = True


class BadBudget(BadRequest):
    code = "bad_budget"
