"""airfields for WSGI servers, as `application`."""

from nuages.conf import use_settings
from nuages.core.wsgi import get_wsgi_application

use_settings("airfields.settings")
application = get_wsgi_application()
