"""The simulator: the robot on its ground, many worlds in lanes, from single steps to whole episodes."""
