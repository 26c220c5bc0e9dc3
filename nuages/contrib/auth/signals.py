"""Signals of logging in and out."""

from nuages.dispatch import Signal

#: Sent with `request` and `user`.
user_logged_in = Signal()
#: Sent with `credentials`, without what is secret in them, and `request`.
user_login_failed = Signal()
#: Sent with `request` and `user`, who is None where nobody was logged in.
user_logged_out = Signal()
