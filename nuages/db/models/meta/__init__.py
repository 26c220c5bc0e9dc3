"""What a model's `_meta` is made of: `nuages.db.models.options` puts it together."""
