"""Training the embedded model and the four papers' adapters, with nothing but what lies on this disk."""
