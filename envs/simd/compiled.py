"""How every kernel is compiled: strict IEEE arithmetic, no GIL, cached.

`fastmath` stays off, so LLVM neither fuses a multiplication with an addition nor reorders a sum: the bits are the same
on every machine and at every lane width. Kernels allocate nothing and are compiled without reference counts: counting
the arrays of a world, which every small function receives, took four fifths of the time of collision. `inlined` is
for the small functions that kernels are written in, `maker` for those that return new arrays. `uncached` is for
`envs.closures`.
"""

from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
inlined = njit(cache=True, nogil=True, error_model="numpy", forceinline=True, _nrt=False)
maker = njit(cache=True, nogil=True, error_model="numpy")
uncached = njit(nogil=True, error_model="numpy", _nrt=False)
