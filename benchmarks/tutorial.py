"""How long the tutorial takes a newcomer: its commands, in a fresh clone with a new venv and an empty cache.

    python -m benchmarks.tutorial

Follows `docs/tutorial.md` up to its own figure, word for word. Prints one JSON line: seconds of wall clock and of CPU,
of each command and of all. Needs git and the network (pip).
"""

import json
import os
import re
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
END = "## 6."
"""Where the tutorial is over and the prospects begin."""


def commands(page: str) -> list[str]:
    """What the page has its reader type, in order; saving and running the script is one command, too."""
    found: list[str] = []
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", page.partition(END)[0], re.MULTILINE | re.DOTALL):
        found += text.splitlines() if language == "sh" else [f"cat > mine.py <<'END'\n{text}END\npython mine.py"]
    return found


def measured(command: str, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Run one command as the reader's shell would and say what it took. Raises CalledProcessError if it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    active = "source .venv/bin/activate\n" if (folder / ".venv" / "bin" / "openended").exists() else ""
    subprocess.run(["bash", "-ec", active + command], cwd=folder, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "command": command.splitlines()[-1],
        "seconds": round(time.monotonic() - start, 1),
        "cpu_seconds": round(cpu, 1),
    }


def main() -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "clone")
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        environment |= {"XDG_CACHE_HOME": str(Path(place, "cache")), "MPLBACKEND": "agg"}
        steps = [measured(f"git clone -q {ROOT} {folder}", Path(place), environment)]
        steps += [measured(command, folder, environment) for command in commands(page)]
        total = {name: round(sum(step[name] for step in steps), 1) for name in ("seconds", "cpu_seconds")}
        print(json.dumps({"benchmark": "tutorial", "cores": os.cpu_count()} | total | {"steps": steps[1:]}))


if __name__ == "__main__":
    main()
