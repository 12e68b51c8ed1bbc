import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def blocks():
    """The code blocks of a page of the documentation in a language, in order: `blocks("domain.md", "python")`."""

    def found(page, language):
        return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)

    return found
