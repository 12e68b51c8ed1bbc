import os
import signal
import subprocess
import sys
import textwrap

import pytest

from openended.run import signals


@pytest.mark.parametrize("number", signals.SIGNALS, ids=lambda number: number.name)
def test_any_of_the_signals_sets_the_flag_and_the_handlers_come_back(number):
    before = signal.getsignal(number)
    with signals.requests() as flag:
        assert flag[0] == 0
        os.kill(os.getpid(), number)
        assert flag[0] == 1
    assert signal.getsignal(number) is before


def test_a_second_signal_ends_the_process_at_once():
    script = """
        import os, signal, time
        from openended.run import signals
        with signals.requests():
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
            time.sleep(30)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=20, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (75, b"")
