"""Sessions: what a site remembers of a visitor, in a store of choice, behind one cookie. Documented in topics/http/sessions."""
