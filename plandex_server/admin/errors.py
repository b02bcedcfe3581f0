"""Errors as pages under the admin's address; everywhere else as the API's answers."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plandex_server.api import exceptions as api
from plandex_server.api.exceptions import INTERNAL_MESSAGE


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_page(request):
        return _page(request, 400, "The request can't be read.")
    return api.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_page(request):
        return _page(request, 403, "You may not do this.")
    return api.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_page(request):
        return _page(request, 404, "There is nothing at this address, or it is out of your reach.")
    return api.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_page(request):
        return _page(request, 500, INTERNAL_MESSAGE)
    return api.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = (
        "The form was not sent from this server's page, or the page was too old. Go back, load it "
        "again, and allow cookies. Behind a proxy, PUBLIC_URL must be the address in your browser."
    )
    return _page(request, 403, message)


def _is_page(request: HttpRequest) -> bool:
    return request.path.startswith(settings.ADMIN_PATH)


def _page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    context = {"status": status, "message": message}
    return render(request, "admin/error.html", context, status=status)
