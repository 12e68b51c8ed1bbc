import shutil

import pytest

from tests.support.browser import browser
from tests.support.studio import served


@pytest.fixture(scope="session")
def finished(grown_toy, tmp_path_factory):
    """A finished toy run."""
    return shutil.copy(grown_toy(12), tmp_path_factory.mktemp("studio") / "toy.run")


@pytest.fixture(scope="session")
def studio(finished):
    """One studio of it for all tests that leave it as it is."""
    with served(finished) as one:
        yield one


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One browser for all tests; a name of a foreign site leads to this machine, as rebinding would make it."""
    with browser(tmp_path_factory.mktemp("browser"), "--host-resolver-rules=MAP evil.test 127.0.0.1") as page:
        yield page
