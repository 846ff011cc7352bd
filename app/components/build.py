"""What the build adds to Reflex' own: the one type family and the compiled catalogues."""

from typing import Any

from reflex_base.plugins.base import Plugin

from app.infra.words import as_json
from app.words import LANGUAGES


class Typeface(Plugin):
    """Bundle the type family with the build, so that no request leaves the house."""

    # Plex covers Latin with tabular figures, its Arabic sister the right-to-left readers.
    packages = ("@fontsource-variable/ibm-plex-sans@5.3.0", "@fontsource/ibm-plex-sans-arabic@5.3.0")

    def get_frontend_dependencies(self, **context: Any) -> tuple[str, ...]:
        """Name the packages that hold the fonts' files."""
        return self.packages

    def get_stylesheet_paths(self, **context: Any) -> tuple[str, ...]:
        """Name the packages' stylesheets: the variable Latin face and three Arabic weights."""
        arabic = "@fontsource/ibm-plex-sans-arabic/arabic"
        weights = tuple(f"{arabic}-{weight}.css" for weight in (400, 500, 600))
        return ("@fontsource-variable/ibm-plex-sans/wght.css", *weights)


class Catalogues(Plugin):
    """Write the compiled catalogues into the build, one file a language."""

    def pre_compile(self, **context: Any) -> None:
        """Have Reflex save /words/<language>.json among the public files."""
        for language in LANGUAGES:
            context["add_save_task"](_compiled, language)


def _compiled(language: str) -> tuple[str, str]:
    return f"public/words/{language}.json", as_json(language)
