"""airfields for RSGI servers, as `application`."""

from nuages.conf import use_settings
from nuages.core.rsgi import get_rsgi_application

use_settings("airfields.settings")
application = get_rsgi_application()
