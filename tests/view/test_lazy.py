import subprocess
import sys


def test_the_view_loads_pictures_only_when_it_draws_them():
    names = "live, plot, replay, status, watch"
    heavy = "{'matplotlib', 'PIL', 'rich', 'torch', 'ribs', 'ray', 'evotorch'}"
    code = f"import sys; from openended.view import {names}; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    found = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
