"""The CLI's way into a server in local mode."""

import pytest

from tests.wire.client import StrictClient

EMAIL = "local-admin@plandex.ai"


@pytest.mark.usefixtures("local_mode")
def test_it_works(cli: StrictClient) -> None:
    verification = {"email": EMAIL, "userId": "", "requireUser": False, "requireNoUser": False}
    reply = cli.post("/accounts/email_verifications", verification)
    assert reply.json == {"hasAccount": False, "isLocalMode": True}

    account = {"email": EMAIL, "pin": "", "userName": "Local Admin"}
    session = cli.post("/accounts", account, status=201).json
    assert session["orgs"] == []
    assert session["isLocalMode"] is True

    user = StrictClient(token=session["token"])
    org = user.post("/orgs", {"name": "Local Org", "autoAddDomainUsers": False}, status=201).json

    member = StrictClient(token=session["token"], org_id=org["id"], org_name="Local Org")
    assert member.get("/orgs/session").json["name"] == "Local Org"
    project = member.post("/projects", {"name": "my-code"}, status=201).json
    assert [row["id"] for row in member.get("/projects").json] == [project["id"]]

    again = cli.post("/accounts/sign_in", {"email": EMAIL, "pin": "", "isSignInCode": False}).json
    assert [row["id"] for row in again["orgs"]] == [org["id"]]
    assert member.api.get("/orgs/session").json["id"] == org["id"]
