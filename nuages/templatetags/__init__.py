"""Tag libraries that are loaded by name: `{% load static i18n l10n tz cache %}`."""
