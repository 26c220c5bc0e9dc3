"""Where sessions are kept; SESSION_ENGINE names one of these modules."""
