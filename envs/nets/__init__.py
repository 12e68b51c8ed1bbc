"""Training by kernels of our own: the optimiser and the evolution strategy's arithmetic, with the same bits everywhere.

Every sum has a fixed order, every operation is exact or correctly rounded (+ - * / and the square root); no BLAS, no
libm. What belongs to one parameter depends on no other, so any split over threads gives the same bits.
"""
