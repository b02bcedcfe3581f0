"""HTML and the single-file components that are written in it."""

from __future__ import annotations

from ..markup import Markup
from ..tables import Language

LANGUAGES = (
    Language(
        name="html",
        extensions=(".html", ".htm", ".xhtml", ".erb", ".hbs", ".jinja", ".j2", ".twig", ".ejs"),
        markup=Markup(),
    ),
    Language(name="vue", extensions=(".vue",), markup=Markup(blocks=True)),
    Language(name="svelte", extensions=(".svelte",), markup=Markup(blocks=True)),
    Language(
        name="astro",
        extensions=(".astro",),
        markup=Markup(script="typescript", front_script="typescript", blocks=True),
    ),
)
