"""One module per language or family; each defines LANGUAGES, a tuple of tables."""
