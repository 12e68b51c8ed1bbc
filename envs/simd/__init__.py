"""The number type: arithmetic over one float32 or over SIMD lanes of them, with the same bits; see `number`."""
