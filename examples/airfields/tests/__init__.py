"""Tests of the demo site: `python manage.py test`."""
