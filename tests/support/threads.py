"""Work in several threads, as executors do it, and whole computations on CPUs of other kinds."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

Work = Callable[[], None]
ROOT = Path(__file__).parents[2]


def everywhere(threads: int) -> Callable[[Work], None]:
    """What calls a function in so many threads at once, the caller's own among them, and waits for all."""

    def run(work: Work) -> None:
        others = [threading.Thread(target=work) for _ in range(threads - 1)]
        for other in others:
            other.start()
        work()
        for other in others:
            other.join()

    return run


def learnt_on(cpu: str, module: str, cache: Path) -> str:
    """What `learnt(1)` of a module gives in a process whose kernels are compiled for another CPU, into `cache`: haswell
    has AVX2 and no AVX-512; x86-64 has neither AVX nor fused multiply-add, which libm then computes.
    """
    code = f"from {module} import learnt; print(learnt(1))"
    settings = os.environ | {"NUMBA_CPU_NAME": cpu, "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, env=settings, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
