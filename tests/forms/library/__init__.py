"""A little library: an app whose models the tests of model forms and of generic views share."""
