"""Content types: a table of the site's models, and relations that may point at any of them."""
