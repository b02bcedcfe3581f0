"""The admin's pages about models, providers, packs and an org's default settings."""

from models_config.admin.defaults import DefaultsPages
from models_config.admin.models import ModelPages
from models_config.admin.packs import PackPages
from models_config.admin.prices import PricePages
from models_config.admin.providers import ProviderPages

__all__ = ["DefaultsPages", "ModelPages", "PackPages", "PricePages", "ProviderPages"]
