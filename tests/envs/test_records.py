"""Records of arrays: their fields begin cache lines, hold zeros, and are the same memory for Python and kernels."""

import numpy as np
from numba import njit

from openended.envs.records import CACHE_LINE, records

FIELDS = {"a": (np.uint8, (3,)), "b": (np.float32, (2, 17)), "c": (np.int64, (1,))}


@njit
def fill(several):
    for i in range(len(several)):
        one = several[i]
        one.a[2] = 7
        for row in range(one.b.shape[0]):
            one.b[row, 16] = i + row


def test_every_field_of_every_record_begins_a_cache_line():
    several = records(3, FIELDS)
    assert all(several[name].ctypes.data % CACHE_LINE == 0 for name in FIELDS)
    assert several.strides[0] % CACHE_LINE == 0


def test_fields_have_the_shapes_and_types_asked_for_and_hold_zeros():
    several = records(2, FIELDS)
    for name, (dtype, shape) in FIELDS.items():
        assert several[name].dtype == dtype
        assert several[name].shape == (2, *shape)
        assert not several[name].any()


def test_kernels_write_where_python_reads():
    several = records(2, FIELDS)
    fill(several)
    assert several[1].a.tolist() == [0, 0, 7]
    assert several.b[:, :, 16].tolist() == [[0, 1], [1, 2]]
    assert several.b.sum() == 4
