from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 12

@test_case(points=0, hidden=False)
def test_three_of_four(env):
    """Four images, three classes"""
    import numpy as np
    from cnnchecks import check
    probabilities = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75], [0.25, 0.5, 0.25], [0.5, 0.375, 0.125]])
    check(env, 'accuracy', probabilities, np.array([0, 2, 1, 1]))

@test_case(points=0, hidden=False)
def test_small_matrix(env):
    """The matrix of six images, and one with empty rows"""
    import numpy as np
    from cnnchecks import check
    labels, predictions = (np.array([0, 1, 1, 1, 2, 2]), np.array([0, 2, 2, 1, 0, 2]))
    check(env, 'confusion_matrix', labels, predictions, classes=3)
    check(env, 'confusion_matrix', labels, predictions)

