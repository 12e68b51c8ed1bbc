"""A rigid-body solver in the plane, bit for bit Box2D 2.3, written once over a number type (see `number`)."""
