"""Small tools that every room may use; they import no other room at start-up."""
