"""The admin's site: who may enter it, and how."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from accounts.models import User
from accounts.staff.second_factor import is_satisfied
from accounts.staff.views import two_factor
from plandex_server.admin.typed import AdminSite


class StaffSite(AdminSite):
    # The API's answers are not pages to go back to.
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_satisfied(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who has given a password but no code yet is asked for it."""
        user = request.user
        if isinstance(user, User) and super().has_permission(request) and not is_satisfied(request):
            query = urlencode({"next": request.GET.get("next", "")})
            return HttpResponseRedirect(f"{reverse('admin:two_factor')}?{query}")
        return super().login(request, extra_context)

    def extra_urls(self) -> list[URLPattern]:
        return [path("two-factor/", two_factor, name="two_factor")]
