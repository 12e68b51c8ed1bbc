from openended.core.growth import Growth, grown


def test_levels_follow_success_one_by_one_and_end_at_the_full_range():
    settings = Growth(above=0.6, below=0.25, up=1.1, down=0.9)
    levels = grown(settings, [1.0, 1.0, 1.0, 4.9], [0.61, 0.6, 0.24, 1.0], [5.0] * 4)
    assert levels == [1.1, 1.0, 0.9, 5.0]


def test_levels_that_move_together_follow_the_share_solved_of_all_kinds():
    settings = Growth(above=0.6, below=0.25, up=1.1, down=0.9, together=True)
    assert grown(settings, [1.0, 2.0], [0.3, 1.0], [5.0, 2.1]) == [1.1, 2.1]
    assert grown(settings, [1.0, 2.0], [0.0, 0.4], [5.0, 5.0]) == [0.9, 1.8]
    assert grown(settings, [1.0, 2.0], [0.0, 0.9], [5.0, 5.0]) == [1.0, 2.0]
