"""The admin's pages about people and their sign-ins."""

from accounts.admin.tokens import TokenPages
from accounts.admin.users import UserPages

__all__ = ["TokenPages", "UserPages"]
