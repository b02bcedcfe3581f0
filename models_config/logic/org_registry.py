"""All that an org stored in the registry, as one value."""

from dataclasses import dataclass, field

from models_config.logic.org_models import OrgModels
from models_config.logic.prices import OrgPrices
from models_config.logic.settings import StoredSettings


@dataclass(frozen=True, slots=True)
class OrgRegistry:
    """Shared by all that ask for the org's: nobody may change it, nor the lists inside."""

    models: OrgModels = field(default_factory=OrgModels)
    defaults: StoredSettings = field(default_factory=StoredSettings)
    """The org's default settings; without any the built-in default that was never updated."""
    prices: OrgPrices = field(default_factory=dict)
    """What the org pays itself."""

    @property
    def size(self) -> int:
        """How many things the org stored."""
        own = self.models
        return len(own.models) + len(own.providers) + len(own.packs) + len(self.prices)
