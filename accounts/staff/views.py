"""The page of the second factor, outside the rest of the admin: who has not shown it sees this."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.staff.second_factor import (
    device_of,
    device_remove,
    enrolment,
    enrolment_confirm,
    is_satisfied,
    token_check,
)
from plandex_server.api.network import network_of
from plandex_server.errors import ApiError


@never_cache
def two_factor(request: HttpRequest) -> HttpResponse:
    """Shows what is next for the person: enrol, show a code, or look at what is set up."""
    user = request.user
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return HttpResponseRedirect(reverse("admin:login"))
    has_device = device_of(user) is not None
    if request.method == "POST":
        return _posted(request, user, has_device)
    return _page(request, user, has_device)


def _posted(request: HttpRequest, user: User, has_device: bool) -> HttpResponse:
    token, network = request.POST.get("token", ""), network_of(request)
    try:
        if not has_device:
            enrolment_confirm(request, user=user, token=token, network=network)
            messages.success(request, "From now on signing in asks for a code of your app.")
        elif not is_satisfied(request):
            token_check(request, user=user, token=token, network=network)
        elif "remove" in request.POST and not settings.ADMIN_REQUIRE_2FA:
            device_remove(request, user=user)
            messages.success(request, "Two-factor sign-in is off.")
    except ApiError as error:
        return _page(request, user, has_device, error=error.msg)
    return HttpResponseRedirect(_next(request))


def _page(request: HttpRequest, user: User, has_device: bool, *, error: str = "") -> HttpResponse:
    from django.contrib import admin

    context = {
        **admin.site.each_context(request),
        "title": "Two-factor sign-in",
        "error": error,
        "next": request.GET.get("next", request.POST.get("next", "")),
        "has_device": has_device,
        "is_satisfied": is_satisfied(request),
        "is_required": settings.ADMIN_REQUIRE_2FA,
        "enrolment": None if has_device else enrolment(user),
    }
    return render(request, "admin/two_factor.html", context, status=400 if error else 200)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("admin:index")
