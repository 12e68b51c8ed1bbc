"""`import openended` is enough for `gymnasium.make("openended/...")`, in either order of imports, and costs nothing.

Gymnasium 1.0 did away with the entry points by which packages were found, and importing it here would make every
command a fifth of a second slower. So our ids are registered at once if Gymnasium is loaded, else when it comes to be.
"""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

GYMNASIUM = "gymnasium"


def announce() -> None:
    """Register our environments now, or directly after the first import of Gymnasium."""
    if "gymnasium.envs.registration" in sys.modules:
        _register()
    elif not any(isinstance(finder, _Watch) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watch())


def _register() -> None:
    from envs.walker.registration import register

    register()


class _Watch:
    """A finder of modules that waits for Gymnasium, finds it as all others do, and then steps aside."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != GYMNASIUM:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(GYMNASIUM)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_register(module: ModuleType) -> None:
                execute(module)
                _register()

            spec.loader.exec_module = execute_and_register  # type: ignore[method-assign]
        return spec
