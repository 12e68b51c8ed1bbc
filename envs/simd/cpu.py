"""What kernels may count on of the CPU that numba compiles for."""

import llvmlite.binding
from numba import config


def has(feature: str) -> bool:
    """Whether it has a feature, by LLVM's name; NUMBA_CPU_FEATURES, if it is set, tells instead of this machine."""
    features = config.CPU_FEATURES
    if features is None:
        features = llvmlite.binding.get_host_cpu_features().flatten()
    return f"+{feature}" in features.split(",")
