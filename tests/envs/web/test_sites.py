"""Sites as genomes: mutation keeps them valid, JSON is canonical, wrong ones are refused in one sentence."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.envs.web.sites import limits, words
from openended.envs.web.sites.build import FAR, build
from openended.envs.web.sites.mutation import OPERATORS, mutate
from openended.envs.web.sites.reading import number, read, tokens
from openended.envs.web.sites.task import Block, Goal, Page, Site, decode, encode, first_task
from openended.envs.web.sites.validity import elements, inputs, named

KEYS = st.integers(0, 2**63)


def chain(key, length):
    site = first_task()
    for step in range(length):
        site = mutate(site, key + step)
    return site


@settings(max_examples=40, deadline=None)
@given(KEYS, st.integers(0, 40))
def test_mutated_sites_are_valid_canonical_and_functions_of_the_key(key, length):
    site = chain(key, length)
    assert decode(encode(site)) == site
    assert mutate(site, key) == mutate(site, key) != site
    assert replace(mutate(site, key), seed=0) != replace(site, seed=0), "a child differs in more than its seed"


@pytest.mark.slow
def test_a_hundred_thousand_mutations_in_chains_stay_valid():
    for start in range(500):
        site = first_task()
        for step in range(200):
            site = mutate(site, start * 1000 + step)
        assert decode(encode(site)) == site


def test_the_weights_of_mutation_are_a_hundred_per_cent_and_every_operator_gets_its_turn():
    assert sum(weight for weight, _ in OPERATORS) == 100
    grown = [chain(key, 30) for key in range(20)]
    assert {block.kind for site in grown for page in site.pages for block in page.blocks} == set(limits.KINDS)
    assert {page.via for site in grown for page in site.pages} == set(limits.VIAS)
    assert {goal.verb for site in grown for goal in site.goals} == set(limits.VERBS)


@settings(max_examples=20, deadline=None)
@given(KEYS, st.integers(1, 40), st.integers(0, 7))
def test_what_is_built_stays_within_the_limits_and_names_differ(key, length, request):
    site = chain(key, length)
    built = build(site, request)
    for page in range(len(site.pages)):
        on_it = [element for element in built.elements if element.page == page]
        assert len(on_it) <= elements(site, page) <= limits.VISIBLE
        assert sum(element.kind in (6, 7) for element in on_it) == inputs(site, page) <= limits.INPUTS
    assert len(built.request.tokens) < limits.TOKENS
    assert len(set(built.request.spans)) <= limits.SPANS
    assert named(site) <= limits.SPANS
    seen = [
        (element.page, element.name, element.context) for element in built.elements if element.name != ("overview",)
    ]
    assert len(set(seen)) == len(seen), "two elements of a page look alike"


@settings(max_examples=20, deadline=None)
@given(KEYS, st.integers(1, 40), st.integers(0, 7))
def test_what_is_to_be_typed_is_a_span_of_the_request(key, length, request):
    built = build(chain(key, length), request)
    for element in built.elements:
        if element.text and element.effect == 9:
            assert built.request.words(element.wanted - 1) == element.text
            assert element.wanted != FAR
    assert set(built.elements[built.commit].name) <= set(built.request.tokens)


def test_the_draws_of_a_session_differ():
    site = chain(3, 10)
    assert len({build(site, request).text for request in range(limits.REQUESTS)}) == limits.REQUESTS


def test_no_name_is_a_function_word():
    lists = (*words.THEMES, words.ADJECTIVES, words.COMMITS, words.ACTS, words.CLOSERS, words.PEOPLE, words.TOWNS)
    everything = {word for listed in (*lists, words.GOODS, words.LOREM) for word in listed}
    assert not everything & words.FUNCTION
    assert all(tokens(word) == (word,) for word in everything | words.FUNCTION)


def test_requests_are_read_by_their_quotes_numbers_and_runs():
    request = read('Fill "Street name" with "Elm Road", then 12 and press Save.')
    assert [request.words(span) for span in range(3)] == [("street", "name"), ("elm", "road"), ("12",)]
    assert len(request.spans) == 3
    plain = read("enter Elm Road as street, then click Save")
    assert [plain.words(span) for span in range(len(plain.spans))] == [("elm", "road"), ("street",), ("save",)]
    assert number(("2026-03-14",))
    assert not number(("k7",))


def two_pages(**changes):
    home = Page(-1, "link", (Block("buttons", 2), Block("form", 2)))
    made = Site((home, Page(0, "search", (Block("links", 2),))), (Goal(0, 1, "fill", 2), Goal(1, 0, "click")))
    return json.loads(encode(replace(made, **changes)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda site: site["pages"][1].update(parent=1), "page 1: parent is 1; it must be an integer within 0 .. 0"),
        (lambda site: site["pages"][1].update(via="door"), "page 1: via is 'door'; choose link or button"),
        (lambda site: site["pages"][0]["blocks"][0].update(size=9), "page 0: block 0: size is 9"),
        (lambda site: site["pages"][0]["blocks"][0].update(kind="video"), "kind is 'video'; choose text or links"),
        (lambda site: site["pages"][0]["blocks"][0].update(required=True), "required is True"),
        (lambda site: site["goals"].reverse(), "only the last goal can be one"),
        (lambda site: site["goals"].insert(0, dict(site["goals"][0])), "sort them, one for a block"),
        (lambda site: site["goals"][0].update(verb="check"), "verb is 'check'; choose fill"),
        (lambda site: site["goals"][0].update(count=3), "count is 3; it must be an integer within 1 .. 2"),
        (lambda site: site["goals"].pop(), None),
        (lambda site: site.update(goals=[]), "number of goals is 0"),
        (lambda site: site.update(seed=10**6), "seed is 1000000"),
        (lambda site: site.update(theme="<b>"), "theme is '<b>'"),
        (lambda site: site.update(words=["<b>"]), "exactly the keys"),
        (lambda site: site.update(pages=7), "must be short lists"),
        (lambda site: site["pages"].extend([site["pages"][1]] * 70), "must be short lists"),
        (
            lambda site: site["pages"][0]["blocks"].extend([{**site["pages"][0]["blocks"][1], "size": 8}] * 2),
            "inputs on",
        ),
    ],
)
def test_wrong_sites_are_refused_in_one_sentence(change, told):
    site = two_pages()
    change(site)
    text = json.dumps(site, sort_keys=True, separators=(",", ":"))
    if told is None:
        decode(text)
        return
    with pytest.raises(ValueError, match=told) as error:
        decode(text)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("text", ["", "[]", "null", "{", encode(first_task()) + " "])
def test_what_is_no_canonical_site_is_refused(text):
    with pytest.raises(ValueError, match="web task"):
        decode(text)
