"""The tables of a run file, one visible list. A new table is a value with its rows in `file.rows`, and an entry here.

A run file is one SQLite database; one generation is one transaction.
"""

from openended.file import rows
from openended.file.table import Table

WHOLE, REAL, TEXT, BLOB = "INTEGER NOT NULL", "REAL", "TEXT NOT NULL", "BLOB NOT NULL"
KEY = "INTEGER PRIMARY KEY"

RUN = Table("run", {"key": "TEXT PRIMARY KEY", "value": TEXT, "digest": BLOB}, replaced=True)
"""Settings: `id`, `recipe`, `config`, `fingerprint`; in a file that began with schema 1, `migrated`; in one that began
with another older schema, or before a setting that it has now, `genesis`: what stands before its first chain, which
later settings would change.
"""

GENERATION = Table(
    "generation",
    {
        "id": KEY,
        "counters": TEXT,
        "metrics": TEXT,
        "did": TEXT,
        "measured": TEXT,
        "chain": BLOB,
        "seconds": "REAL NOT NULL",
        "commit_seconds": "REAL NOT NULL",
        "finished": "REAL NOT NULL",
        "digest": BLOB,
    },
)
"""One row per generation. `did` and `measured` are digests by table, JSON: of the rows that it added, or, where rows
are replaced, of all that there were after it. The chain covers `did`.
"""

TASK = Table(
    "task",
    {
        "id": KEY,
        "parent": WHOLE,
        "generation": WHOLE,
        "niche": WHOLE,
        "outcome": TEXT,
        "maker": TEXT,
        "score": REAL,
        "descriptor": TEXT,
        "digest": BLOB,
        "genome": TEXT,
    },
    pick=lambda changes: sorted(changes.tasks, key=lambda task: task.id),
    write=rows.write_task,
    read=rows.read_task,
)

ARRAY = Table(
    "array",
    {"id": KEY, "generation": WHOLE, "name": TEXT, "dtype": TEXT, "shape": TEXT, "digest": BLOB, "data": BLOB},
    pick=lambda changes: [(changes.generation, name, array) for name, array in sorted(changes.arrays.items())],
    write=rows.write_array,
    read=rows.read_array,
    numbered=True,
)
"""Arrays of the search by name, such as the centroids of a CVT archive; of several with one name the last holds."""

TRANSFER = Table(
    "transfer",
    {
        "id": KEY,
        "generation": WHOLE,
        "source": WHOLE,
        "target": WHOLE,
        "kind": TEXT,
        "fitness": REAL,
        "incumbent": REAL,
        "accepted": WHOLE,
        "digest": BLOB,
    },
    pick=lambda changes: changes.transfers,
    write=rows.write_transfer,
    read=rows.read_transfer,
    numbered=True,
)

AGENT = Table("agent", {"digest": "BLOB PRIMARY KEY", "data": BLOB})
"""Agents, each stored once and named by its row's digest: a shared learner's agent is the elite of many tasks."""

SHARED = f"{BLOB} REFERENCES agent (digest)"

ELITE = Table(
    "elite",
    {
        "id": KEY,
        "task": "INTEGER NOT NULL REFERENCES task (id)",
        "generation": WHOLE,
        "fitness": REAL,
        "origin": WHOLE,
        "digest": BLOB,
        "agent": SHARED,
    },
    pick=lambda changes: sorted(changes.elites, key=lambda elite: elite.id),
    write=rows.write_elite,
    read=rows.read_elite,
    shared="agent",
)

LEARNER = Table(
    "learner",
    {"id": KEY, "steps": WHOLE, "declared": TEXT, "digest": BLOB, "agent": BLOB, "memory": BLOB},
    replaced=True,
    pick=lambda changes: sorted(changes.learners, key=lambda learner: learner.id),
    write=rows.write_learner,
    read=rows.read_learner,
)
"""`declared` says which arrays `memory` holds, one after the other: JSON `[[name, dtype, shape], ...]`."""

PAIR = Table(
    "pair",
    {
        "task": f"{KEY} REFERENCES task (id)",
        "niche": WHOLE,
        "learner": WHOLE,
        "fitness": REAL,
        "elite": "INTEGER REFERENCES elite (id)",
        "best_fitness": REAL,
        "origin": WHOLE,
        "visits": WHOLE,
        "seen": WHOLE,
        "potential": REAL,
        "active": WHOLE,
        "admitted": WHOLE,
        "retired": WHOLE,
        "recent": TEXT,
        "best_return": REAL,
        "digest": BLOB,
    },
    replaced=True,
    pick=lambda changes: sorted(changes.pairs, key=lambda pair: pair.task),
    write=rows.write_pair,
    read=rows.read_pair,
    later=("best_return",),
)

SCORE = Table(
    "score",
    {"id": KEY, "generation": WHOLE, "agent": WHOLE, "task": WHOLE, "fitness": REAL, "digest": BLOB},
    pick=lambda changes: changes.scores,
    write=rows.write_score,
    read=rows.read_score,
    numbered=True,
    chained=False,
)

SNAPSHOT = Table(
    "snapshot",
    {"id": KEY, "generation": WHOLE, "learner": WHOLE, "digest": BLOB, "agent": SHARED},
    pick=lambda changes: changes.snapshots,
    write=rows.write_snapshot,
    read=rows.read_snapshot,
    numbered=True,
    shared="agent",
)

POTENTIAL = Table(
    "potential",
    {
        "id": KEY,
        "generation": WHOLE,
        "task": "INTEGER NOT NULL REFERENCES task (id)",
        "trained": WHOLE,
        "mean_return": REAL,
        "solved_rate": REAL,
        "by_name": TEXT,
        "digest": BLOB,
    },
    pick=lambda changes: changes.potentials,
    write=rows.write_potentials,
    read=rows.read_potentials,
    numbered=True,
    chained=False,
)
"""`by_name` is JSON: potentials by their names, null where there is none."""

OFFER = Table(
    "offer",
    {
        "id": KEY,
        "generation": WHOLE,
        "kind": TEXT,
        "name": f"{TEXT} UNIQUE",
        "author": TEXT,
        "outcome": TEXT,
        "task": WHOLE,
        "found": TEXT,
        "digest": BLOB,
        "payload": TEXT,
    },
    pick=lambda changes: changes.offers,
    write=rows.write_offer,
    read=rows.read_offer,
    numbered=True,
)
"""What was taken from outside, and what became of it (`core.offers.Taken`). `found` and `payload` are JSON, the payload
null where there was nothing to be judged.
"""

MILESTONE = Table(
    "milestone",
    {
        "id": KEY,
        "generation": WHOLE,
        "task": "INTEGER NOT NULL REFERENCES task (id)",
        "steps": WHOLE,
        "fitness": REAL,
        "digest": BLOB,
    },
    pick=lambda changes: changes.milestones,
    write=rows.write_milestone,
    read=rows.read_milestone,
    numbered=True,
    chained=False,
)

OWNER = Table(
    "owner",
    {
        "id": f"{KEY} CHECK (id = 1)",
        "host": TEXT,
        "pid": WHOLE,
        "boot": TEXT,
        "started": TEXT,
        "since": "REAL NOT NULL",
        "digest": BLOB,
    },
    replaced=True,
)

EVENT = Table("event", {"id": KEY, "time": "REAL NOT NULL", "kind": TEXT, "detail": TEXT, "digest": BLOB})

TABLES = (
    RUN, GENERATION, TASK, ARRAY, TRANSFER, AGENT, ELITE, LEARNER, PAIR, SCORE, SNAPSHOT, POTENTIAL, OFFER, MILESTONE,
    OWNER, EVENT,
)  # fmt: skip
"""All tables, those of a generation's rows in the order in which they are written and compared."""

SEARCH = tuple(table for table in TABLES if table.pick)
"""The tables that generations write."""
