"""The levels of messages and the tags they are shown with."""

DEBUG, INFO, SUCCESS, WARNING, ERROR = 10, 20, 25, 30, 40

_NAMES = ("debug", "info", "success", "warning", "error")

DEFAULT_TAGS = dict(zip((DEBUG, INFO, SUCCESS, WARNING, ERROR), _NAMES))
DEFAULT_LEVELS = {name.upper(): level for level, name in DEFAULT_TAGS.items()}
