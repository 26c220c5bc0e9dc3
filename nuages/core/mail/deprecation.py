"""What is said to those who still send mail the way Django 6.0 did."""

from __future__ import annotations

from nuages.utils.deprecation import RemovedInDjango2028Warning, warn_about_external_use

NO_DEFAULT_MAILER_WARNING = (
    "No mailer is configured: define MAILERS in the settings. Until Django 2028 the default is an SMTP server on "
    "localhost; from then on, sending without MAILERS is an error."
)
CONNECTION_ARG_WARNING = "The 'connection' argument is deprecated. Use 'using' with a MAILERS alias instead."
FAIL_SILENTLY_ARG_WARNING = "The 'fail_silently' argument is deprecated. Set it in the OPTIONS of a MAILERS alias, or catch what sending raises."
AUTH_ARGS_WARNING = (
    "The 'auth_user' and 'auth_password' arguments are deprecated. Set 'username' and 'password' in the OPTIONS "
    "of a MAILERS alias, and pass it as 'using'."
)
GET_CONNECTION_WARNING = (
    "get_connection() is deprecated. See 'Migrating email to mailers' in Django's documentation for recommended "
    "replacements."
)
CONNECTION_ATTRIBUTE_WARNING = "The EmailMessage.connection attribute is deprecated."
MIMEBASE_WARNING = "MIMEBase attachments are deprecated. Use an email.message.MIMEPart instead."

# A warning points past the functions of mail that call one another.
_INSIDE = ("nuages.core.mail.", "nuages.utils.deprecation.")


def warn_caller(message: str) -> None:
    """Warn whoever called into mail, unless that is the framework itself."""
    warn_about_external_use(message, RemovedInDjango2028Warning, skip_name_prefixes=_INSIDE)
