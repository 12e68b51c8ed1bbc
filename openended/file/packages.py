"""Packages that only some ways out need; they are imported when they are used."""

from importlib import import_module
from typing import Any

from openended.file.errors import Usage

EXTRAS = {
    "gymnasium": "gymnasium",
    "onnx": "export",
    "pandas": "export",
    "pyarrow": "export",
    "starlette": "studio",
    "tensorboardX": "export",
    "uvicorn": "studio",
    "websockets": "studio",
}
"""Which extra of ours brings a package."""


def needed(module: str) -> Any:
    """A module of an optional package. Raises Usage, saying how to install it, if it is not there."""
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise Usage(
            f"this needs the package {package}, which is not installed ({error}); "
            f"install it with: pip install 'openended[{EXTRAS[package]}]'."
        ) from None
