import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

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
            time.sleep(300)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=60, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (75, signals.FAREWELL)


BUSY = {
    "python": """
        while True:
            pass
    """,
    "compiled code": """
        import hashlib
        hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
    """,
    "a compiler": """
        import numba
        from llvmlite import binding
        lines = [f"  %x{i + 1} = call double @llvm.sin.f64(double %x{i})" for i in range(200000)]
        head = "declare double @llvm.sin.f64(double)\\ndefine double @f(double %x0) {\\n"
        module = binding.parse_assembly(head + "\\n".join(lines) + "\\n  ret double %x200000\\n}")
        numba.njit(lambda x: x + 1)(1)
        machine = binding.Target.from_default_triple().create_target_machine(opt=3)
        machine.emit_object(module)
        machine.emit_object(module)
        while True:
            machine.emit_object(module)
    """,
}


@pytest.mark.parametrize("busy", BUSY.values(), ids=BUSY)
def test_one_signal_ends_a_process_that_is_busy_with_something_else(busy):
    """The documentation promises an end within two seconds; a test on a busy machine cannot measure that."""
    assert signals.PATIENCE < 2
    script = f"""
from openended.run import signals
with signals.requests():
    print("ready", flush=True)
{textwrap.indent(textwrap.dedent(busy), "    ")}
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        time.sleep(2.0)  # well into it
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (75, signals.FAREWELL)


def test_a_request_that_is_heeded_in_time_leaves_the_process_alone():
    with signals.requests() as flag:
        os.kill(os.getpid(), signal.SIGTERM)
        assert flag[0] == 1
    time.sleep(signals.PATIENCE + 0.2)


def test_the_watching_thread_and_its_pipe_are_gone_afterwards():
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with signals.requests():
            pass
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == (threads, files)
