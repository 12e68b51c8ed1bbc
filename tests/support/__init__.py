"""What tests share: toy domains, made-up runs, processes, oracles."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The checkout."""
EVERYTHING = f"{ROOT}:{ROOT / 'tests' / 'outside'}"
"""PYTHONPATH of a process that knows the toy domains, also those of outside packages."""
