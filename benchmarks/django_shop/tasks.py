"""Twelve families of tasks in the shop. A task is drawn from its seed: rows, a request, and the rows that are wanted.

Rows are tuples of values by table; a foreign key stands there as the name of what it points to. Success is strict: all
rows of all tables are those that are wanted, and none else.
"""

import sqlite3
from copy import deepcopy
from dataclasses import dataclass

from openended.envs.web.sites import words
from openended.envs.web.sites.draws import Draws

LAYOUT = {
    "category": ("name",),
    "customer": ("name", "email", "town", "active"),
    "product": ("name", "price", "stock", "category"),
    "order": ("number", "customer", "product", "paid"),
}
KEYS = ("category", "customer", "product")


@dataclass
class Task:
    """A task: rows at first and in the end by table, the request, and whether one has to log in."""

    rows: dict
    wanted: dict
    text: str
    login: bool = False


class Shop:
    """Rows drawn from a seed."""

    def __init__(self, draws):
        self.draws = draws
        names = draws.shuffled(words.GOODS)
        self.fresh = draws.shuffled([word for theme in words.THEMES[:2] for word in theme])
        pairs = zip(draws.shuffled(words.PEOPLE), draws.shuffled(words.PEOPLE[::-1]), strict=True)
        self.people = [" ".join(pair) for pair in pairs]
        categories = [self.fresh.pop() for _ in range(4)]
        customers = [(self.people.pop(), "", self.town(), draws.below(2)) for _ in range(5)]
        products = [(f"{draws.one(words.ADJECTIVES)} {names[i]}", self.number(), self.number(), draws.one(categories))
                    for i in range(6)]  # fmt: skip
        orders = [(str(10_000 + 111 * i + draws.below(100)), draws.one(customers)[0], draws.one(products)[0],
                   draws.below(2)) for i in range(5)]  # fmt: skip
        self.rows = {
            "category": [(name,) for name in categories], "customer": customers, "product": products, "order": orders,
        }  # fmt: skip
        self.wanted = deepcopy(self.rows)

    def town(self):
        return self.draws.one(words.TOWNS)

    def number(self):
        return 2 + self.draws.below(97)

    def other(self, old):
        """A number that is not the old one."""
        value = self.number()
        return value if value != old else value + 1

    def pick(self, table, **values):
        """A row with some values, made to have them; returns its place."""
        place = self.draws.below(len(self.rows[table]))
        for rows in (self.rows, self.wanted):
            rows[table][place] = changed(table, rows[table][place], values)
        return place

    def want(self, table, place, **values):
        self.wanted[table][place] = changed(table, self.wanted[table][place], values)

    def task(self, text, login=False):
        return Task(self.rows, self.wanted, text, login)


def changed(table, row, values):
    return tuple(values.get(name, old) for name, old in zip(LAYOUT[table], row, strict=True))


def log_in(shop):
    return shop.task('Log in with the username "admin" and the password "secret7".', login=True)


def add_one(shop):
    name = shop.fresh.pop()
    shop.wanted["category"].append((name,))
    return shop.task(f'Add a category with the name "{name}" and save it.')


def add_customer(shop):
    name, town = shop.people.pop(), shop.town()
    email = f"{name.replace(' ', '.')}@example.org"
    shop.wanted["customer"].append((name, email, town, 0))
    return shop.task(f'Add a customer with the name "{name}", the email "{email}" and the town "{town}", and save.')


def change_one(shop):
    place = shop.pick("product")
    name, price = shop.rows["product"][place][:2]
    value = shop.other(price)
    shop.want("product", place, price=value)
    return shop.task(f'Under products open "{name}", set its price to "{value}" and save.')


def change_two(shop):
    place = shop.pick("product")
    name, price, stock, _ = shop.rows["product"][place]
    values = {"price": shop.other(price), "stock": shop.other(stock)}
    shop.want("product", place, **values)
    return shop.task(
        f'Under products open "{name}", set the price to "{values["price"]}" and the stock to '
        f'"{values["stock"]}", and save.'
    )


def tick(shop):
    place = shop.pick("customer", active=0)
    shop.want("customer", place, active=1)
    return shop.task(f'Under customers open "{shop.rows["customer"][place][0]}", tick "active" and save.')


def filter_and_tick(shop):
    place = shop.pick("order", paid=0)
    shop.want("order", place, paid=1)
    number = shop.rows["order"][place][0]
    return shop.task(f'Show the orders that are not paid, open "{number}", tick "paid" and save.')


def search_and_change(shop):
    place = shop.pick("product")
    name, _, stock, _ = shop.rows["product"][place]
    value = shop.other(stock)
    shop.want("product", place, stock=value)
    return shop.task(
        f'Search the products for "{name.split()[1]}", open "{name}", set the stock to "{value}" and save.'
    )


def delete(shop):
    place = shop.pick("order")
    del shop.wanted["order"][place]
    return shop.task(f'Under orders open "{shop.rows["order"][place][0]}" and delete it. Say yes, I\'m sure.')


def choose_key(shop):
    place = shop.pick("product")
    name, _, _, category = shop.rows["product"][place]
    other = shop.draws.one([row[0] for row in shop.rows["category"] if row[0] != category])
    shop.want("product", place, category=other)
    return shop.task(f'Under products open "{name}", choose the category "{other}" and save.')


def add_two(shop):
    first, second = shop.fresh.pop(), shop.fresh.pop()
    shop.wanted["category"] += [(first,), (second,)]
    return shop.task(f'Add a category with the name "{first}", press "Save and add another", add "{second}" and save.')


def add_order(shop):
    customer, product = (shop.draws.one(shop.rows[table])[0] for table in ("customer", "product"))
    number = str(90_000 + shop.draws.below(9999))
    shop.wanted["order"].append((number, customer, product, 0))
    return shop.task(
        f'Add an order with the number "{number}", the customer "{customer}" and the product "{product}", and save.'
    )


FAMILIES = {
    "log-in": log_in, "add-one": add_one, "add-customer": add_customer, "change-one": change_one,
    "change-two": change_two, "tick": tick, "filter-and-tick": filter_and_tick, "search-and-change": search_and_change,
    "delete": delete, "choose-key": choose_key, "add-two": add_two, "add-order": add_order,
}  # fmt: skip


def draw(family, seed):
    """A task of a family."""
    return FAMILIES[family](Shop(Draws(seed * 1000 + list(FAMILIES).index(family))))


def write(database, rows):
    """Put rows into an empty database."""
    with sqlite3.connect(database) as connection:
        ids = {}
        for table, columns in LAYOUT.items():
            names = [f"{name}_id" if name in KEYS else name for name in columns]
            for row in rows[table]:
                values = [ids[name, value] if name in KEYS else value for name, value in zip(columns, row, strict=True)]
                command = f"INSERT INTO django_shop_{table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
                ids[table, row[0]] = connection.execute(command, values).lastrowid
    connection.close()


def read(database):
    """The rows of a database."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        found, names = {}, {}
        for table, columns in LAYOUT.items():
            fields = ", ".join(f"{name}_id" if name in KEYS else name for name in columns)
            found[table] = []
            for id_, *row in connection.execute(f"SELECT id, {fields} FROM django_shop_{table} ORDER BY id"):
                named = [
                    names[name, value] if name in KEYS else value for name, value in zip(columns, row, strict=True)
                ]
                names[table, id_] = named[0]
                found[table].append(tuple(named))
        return found, connection.execute("SELECT count(*) FROM django_session").fetchone()[0]
    finally:
        connection.close()


def done(task, database, sessions):
    """Whether the database is as wanted; `sessions`: how many there were at first."""
    found, now = read(database)
    right = all(sorted(found[table]) == sorted(task.wanted[table]) for table in LAYOUT)
    return right and (now > sessions if task.login else True)
