"""The pages of the documentation: those that lie in the repository, and those that are made from the program.

``python -m docs.pages`` writes them all, with the site's configuration, into ``build/``; `scripts/docs` builds the site
from there. Nothing here knows which program renders them: it is given plain Markdown and a plain ``mkdocs.yml``.
"""

from pathlib import Path

ROOT = Path(__file__).parents[2]
