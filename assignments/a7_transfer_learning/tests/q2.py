from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 12

@test_case(points=0, hidden=False)
def test_two_classes(env):
    """The means of five rows"""
    import numpy as np
    from cnnchecks import check
    features = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 6.0], [0.0, 5.0, 1.0], [2.0, 3.0, 3.0], [4.0, 1.0, 5.0]])
    check(env, 'class_means', features, np.array([1, 0, 1, 1, 0]), 2)

@test_case(points=0, hidden=False)
def test_nearest_of_three(env):
    """Four rows, three means"""
    import numpy as np
    from cnnchecks import check
    features = np.array([[0.0, 0.0], [4.0, 1.0], [-3.0, 2.0], [1.0, 5.0]])
    check(env, 'nearest_class', features, np.array([[3.0, 0.0], [2.0, 2.0], [-4.0, -1.0]]))

