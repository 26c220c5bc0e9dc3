"""How session data is written."""

from nuages.core.signing import JSONSerializer as BaseJSONSerializer

JSONSerializer = BaseJSONSerializer

__all__ = ["JSONSerializer"]
