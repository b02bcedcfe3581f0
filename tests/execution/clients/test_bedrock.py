"""Bedrock: its addresses, its signature, its inference profiles."""

from datetime import UTC, datetime

import pytest

from execution.logic.model_errors import ModelError
from tests.execution.clients.asking import AUTH, AWS_SECRET, Scene, chosen, play
from tests.execution.clients.aws_signing import AwsKeys, signed_headers
from tests.execution.clients.scripted import Answer, Received, error
from tests.execution.clients.test_aws_events import EXPECTED, stream

AWS_EVENTS = "application/vnd.amazon.eventstream"
DONE = Answer([stream("anthropic.sse")], content_type=AWS_EVENTS)
ON_DEMAND = error(
    400,
    {
        "message": "Invocation of model ID anthropic.claude-sonnet-4-20250514-v1:0 with on-demand "
        "throughput isn\u2019t supported. Retry your request with the ID or ARN of an inference "
        "profile that contains this model."
    },
)
SONNET_ID = "anthropic.claude-sonnet-4-20250514-v1:0"


def test_the_example_of_the_documentation() -> None:
    headers = signed_headers(
        method="GET",
        url="https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        body=b"",
        keys=AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        region="us-east-1",
        service="iam",
        now=datetime(2015, 8, 30, 12, 36, 0, tzinfo=UTC),
        extra={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    assert headers["authorization"].endswith(
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


def signature(request: Received, token: str = "") -> str:
    """The signature that the request should have, computed from what has arrived."""
    now = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return signed_headers(
        method=request.method,
        url=f"http://{request.headers['host']}{request.target}",
        body=request.raw,
        keys=AwsKeys("AKIDEXAMPLE", AWS_SECRET, token),
        region="us-east-1",
        service="bedrock",
        now=now,
    )["authorization"]


def test_a_request_is_signed_as_it_is_sent() -> None:
    async def script(scene: Scene) -> None:
        assert await scene.ask(chosen("aws-bedrock", AWS_SESSION_TOKEN="session")) == EXPECTED

    request = play(script, DONE).requests[0]
    assert request.target == f"/model/{SONNET_ID}/invoke-with-response-stream"
    assert request.headers["x-amz-security-token"] == "session"
    assert request.headers["authorization"] == signature(request, "session")
    assert AWS_SECRET not in str(request.headers) + request.raw.decode()
    assert request.json["anthropic_version"] == "bedrock-2023-05-31"
    assert not {"model", "stream"} & request.json.keys()


def test_a_profile_of_the_caller() -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"

    async def script(scene: Scene) -> None:
        await scene.ask(chosen("aws-bedrock", AWS_INFERENCE_PROFILE_ARN=arn))

    request = play(script, DONE).requests[0]
    name = arn.replace("/", "%2F")
    assert request.target == f"/model/{name}/invoke-with-response-stream"
    assert request.headers["authorization"] == signature(request)


REGIONS = [
    ("us-west-2", "us."),
    ("ca-central-1", "us."),
    ("eu-central-1", "eu."),
    ("ap-southeast-2", "apac."),
    ("us-gov-west-1", "us-gov."),
]


@pytest.mark.parametrize(("region", "prefix"), REGIONS)
def test_a_model_that_needs_a_profile_gets_the_regions(region: str, prefix: str) -> None:
    async def script(scene: Scene) -> None:
        for _ in range(2):
            assert await scene.ask(chosen("aws-bedrock", AWS_REGION=region)) == EXPECTED

    requests = play(script, ON_DEMAND, DONE).requests
    models = [request.target.split("/")[2] for request in requests]
    assert models == [SONNET_ID, prefix + SONNET_ID, prefix + SONNET_ID]


def test_a_region_without_profiles_keeps_the_error() -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="on-demand"):
            await scene.ask(chosen("aws-bedrock", AWS_REGION="sa-east-1"))

    assert len(play(script, ON_DEMAND).requests) == 1


def test_an_error_answer_shows_no_credentials() -> None:
    text = f"The security token {AWS_SECRET} is invalid for AKIDEXAMPLE"

    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError) as caught:
            await scene.ask(chosen("aws-bedrock"))
        assert (caught.value.status, caught.value.retriable) == (403, False)
        for secret in (AWS_SECRET, AUTH["aws-bedrock"]["AWS_ACCESS_KEY_ID"]):
            assert secret not in caught.value.msg

    play(script, error(403, {"message": text}))
