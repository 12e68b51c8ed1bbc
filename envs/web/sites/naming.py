"""Names and values of one request, all of them different."""

from . import words
from .draws import Draws

Words = tuple[str, ...]
_LETTERS, _DIGITS = "bcdfghjkmpqrstvwxz", "23456789"


class Names:
    """What has not been named yet, drawn one after the other."""

    def __init__(self, draws: Draws, theme: int) -> None:
        self._draws, self._nouns = draws, words.THEMES[theme]
        self._used: set[Words] = set()

    def _new(self, draw: "object") -> Words:
        while True:
            name: Words = draw()  # type: ignore[operator]
            if name not in self._used:
                self._used.add(name)
                return name

    def name(self) -> Words:
        """Of a page, a field or an item: a noun, an adjective and a noun, or an opaque code."""
        return self._new(self._name)

    def _name(self) -> Words:
        draws = self._draws
        if draws.chance(10):
            return self._code()
        noun = draws.one(self._nouns)
        return (draws.one(words.ADJECTIVES), noun) if draws.chance(50) else (noun,)

    def lookalike(self, name: Words) -> Words:
        """A name that shares a word with another one."""
        return self._new(lambda: (self._draws.one(words.ADJECTIVES), name[-1]))

    def of(self, choices: Words) -> Words:
        """One of the words, again if all have been used."""
        free = [word for word in choices if (word,) not in self._used]
        name = (self._draws.one(free or choices),)
        self._used.add(name)
        return name

    def person(self) -> Words:
        """One or two names."""
        return self._new(self._person)

    def _person(self) -> Words:
        count = 1 + self._draws.chance(60)
        return tuple(self._draws.one(words.PEOPLE) for _ in range(count))

    def value(self, numeric: bool) -> Words:
        """What is to be typed: a number, a person, a town, some goods or an opaque code."""
        return self._new(self._number if numeric else self._value)

    def _number(self) -> Words:
        return (str(1 + self._draws.below(9999)),)

    def _value(self) -> Words:
        draws = self._draws
        kind = draws.weighted((35, 25, 20, 20))
        if kind == 0:
            return self._person()
        return (draws.one(words.TOWNS),) if kind == 1 else (draws.one(words.GOODS),) if kind == 2 else self._code()

    def _code(self) -> Words:
        """Two to seven letters and digits, a letter first and a digit last, so that it is no word."""
        draws = self._draws
        middle = (draws.one(_LETTERS + _DIGITS) for _ in range(draws.below(6)))
        return ("".join((draws.one(_LETTERS), *middle, draws.one(_DIGITS))),)
