"""What tests import from pytest-django; the plugin of nuages offers it under that name."""
