"""The question that a model is asked, and the check of its answer."""
