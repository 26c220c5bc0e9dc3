"""airfields for ASGI servers, as `application`."""

from nuages.conf import use_settings
from nuages.core.asgi import get_asgi_application

use_settings("airfields.settings")
application = get_asgi_application()
