"""The admin's pages about people and their sign-ins."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.admin.tokens import TokenPages
from accounts.admin.users import UserPages

__all__ = ["TokenPages", "UserPages"]

# Rights come from roles in orgs, and a second factor is set up by its owner alone.
admin.site.unregister(Group)
admin.site.unregister(TOTPDevice)
