"""Feeds: news of a site for programs that read them."""
