"""The suites of evolved sites are the same for ever, and no site is in both."""

from hashlib import sha256

from openended.envs.web.domain import WEB
from openended.envs.web.sites.suites import COUNT, LENGTHS
from openended.envs.web.sites.task import decode, encode

DIGESTS = {
    "web-evolved-v1": "7ddde6d2ac972eb9a8c3a40f6fadf7b26542c82d62e3c3e1f6b7fdf42ba4b0ac",
    "web-validation-v1": "12014d786b19e70c78448ca18685ff8df1bd814ca0f0b777d7c241fbdfdd9900",
}
"""Of the sites' texts, one a line. A change of the mutation needs a new version of the suites that keeps these."""


def test_the_suites_are_what_they_were_and_share_no_site():
    made = {name: WEB.suite(name) for name in DIGESTS}
    sites = {name: [site for band in suite.values() for site in band] for name, suite in made.items()}
    for name, suite in made.items():
        assert [len(band) for band in suite.values()] == [COUNT] * len(LENGTHS)
        texts = [encode(site) for site in sites[name]]
        assert [decode(text) for text in texts] == sites[name]
        assert sha256("\n".join(texts).encode()).hexdigest() == DIGESTS[name]
    assert not set(sites["web-evolved-v1"]) & set(sites["web-validation-v1"])
