"""Turns every failure into an answer in the caller's dialect."""

import logging
from collections.abc import Mapping
from typing import Any, TypedDict

import msgspec
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf

from plandex_server import errors
from plandex_server.api.dialect import Dialect, dialect_of
from plandex_server.api.outages import storage_failure
from plandex_server.observe.logs import without_text

logger = logging.getLogger(__name__)

INTERNAL_MESSAGE = "The server failed on this request; its log says why."


class ErrorJson(TypedDict):
    """An error in the API dialect: the status, and `details.reason` as a word for programs."""

    code: int
    message: str
    details: Mapping[str, Any]


class CliErrorJson(TypedDict):
    """The errors that the CLI acts on; all others reach it as plain text."""

    type: str
    status: int
    msg: str


def error_response(error: errors.ApiError, dialect: Dialect) -> HttpResponse:
    """The error in the caller's dialect: plain text or ApiError for the CLI, else an object."""
    if dialect is Dialect.API:
        body: ErrorJson = {
            "code": error.status,
            "message": error.msg,
            "details": {"reason": error.code, **error.details},
        }
        return _json(body, error.status)
    if error.ends_cli or error.type in errors.CLI_JSON_TYPES:
        # The CLI uses the message as a format string.
        msg = error.msg.replace("%", "%%")
        shown: CliErrorJson = {"type": error.type, "status": error.status, "msg": msg}
        return _json(shown, error.status)
    response = HttpResponse(
        error.msg + "\n", status=error.status, content_type="text/plain; charset=utf-8"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _json(body: Mapping[str, object], status: int) -> HttpResponse:
    # Exactly this content type, without a charset: the CLI compares it literally.
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json")


def as_api_error(error: BaseException) -> errors.ApiError:
    """The client's view of any exception; an unknown one is logged and becomes a 500."""
    if isinstance(error, errors.ApiError):
        return error
    if isinstance(error, Http404 | drf.NotFound):
        return errors.NotFound("There is nothing at this address.")
    if isinstance(error, drf.MethodNotAllowed):
        return errors.MethodNotAllowed(f"The method is not allowed here: {error.args[0]}.")
    if isinstance(error, PermissionDenied | drf.PermissionDenied):
        return errors.Forbidden("You may not do this.")
    if isinstance(error, SuspiciousOperation | drf.ParseError | UnicodeDecodeError):
        return errors.BadRequest("The request can't be read.")
    if isinstance(error, drf.APIException):
        failure = errors.ApiError(str(error.detail))
        failure.status, failure.code = error.status_code, str(error.default_code)
        return failure
    outage = storage_failure(error)
    if outage is not None:
        logger.error("request failed: %s", outage.msg)
        return outage
    logger.error("request failed: %s", type(error).__name__, exc_info=without_text(error))
    return errors.ApiError(INTERNAL_MESSAGE)


def drf_exception_handler(error: Exception, context: Mapping[str, object]) -> HttpResponse:
    request = context.get("request")
    headers = getattr(request, "headers", {})
    return error_response(as_api_error(error), dialect_of(headers))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(as_api_error(exception), dialect_of(request.headers))


def method_not_allowed(request: HttpRequest, *allowed: str) -> HttpResponse:
    error = errors.MethodNotAllowed(f"The method is not allowed here: {request.method}.")
    response = error_response(error, dialect_of(request.headers))
    response["Allow"] = ", ".join(allowed)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(as_api_error(Http404()), dialect_of(request.headers))


def server_error(request: HttpRequest) -> HttpResponse:
    return error_response(errors.ApiError(INTERNAL_MESSAGE), dialect_of(request.headers))
