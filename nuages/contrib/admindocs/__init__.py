"""What other packages use of the admin's documentation generator; its pages are not part of this release."""
