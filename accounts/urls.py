"""The endpoints of this app, in the order of the API listing."""

from django.urls import path

from accounts.views import AccountViewSet, SignInCodeViewSet, SignOutViewSet

urlpatterns = [
    path("accounts/email_verifications", AccountViewSet.as_view({"post": "create_verification"})),
    path("accounts/email_verifications/check_pin", AccountViewSet.as_view({"post": "check_pin"})),
    path("accounts/sign_in_codes", SignInCodeViewSet.as_view({"post": "create"})),
    path("accounts/sign_in", AccountViewSet.as_view({"post": "sign_in"})),
    path("accounts/sign_out", SignOutViewSet.as_view({"post": "create"})),
    path("accounts", AccountViewSet.as_view({"post": "create"})),
]
