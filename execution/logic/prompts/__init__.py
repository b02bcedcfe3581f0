"""The texts sent to models: templates in `templates/`, put together by the modules here."""
