"""What can go wrong with models, packs and settings."""

from plandex_server.errors import BadRequest, Conflict, NotFound, Unprocessable


class InvalidModels(BadRequest):
    code = "invalid_models"


class ModelsRefused(Unprocessable):
    code = "models_refused"


class PackExists(Conflict):
    code = "model_pack_exists"


class ModelNotFound(NotFound):
    code = "custom_model_not_found"


class ProviderNotFound(NotFound):
    code = "custom_provider_not_found"


class PackNotFound(NotFound):
    code = "model_pack_not_found"


class BadPrice(BadRequest):
    code = "bad_price"


class PriceNotFound(NotFound):
    code = "price_not_found"
