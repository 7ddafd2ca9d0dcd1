from otter.test_files import test_case

OK_FORMAT = False

name = "q12"
points = 5

@test_case(points=0, hidden=False)
def test_form_of_ends(env):
    """Inputs that are numbers of units, and outputs that are a task, units, an activation and a loss"""
    from cnnchecks import check_form
    tasks, activations = (('regression', 'classification'), ('none', 'sigmoid', 'softmax'))
    words = (*tasks, *activations, 'mean squared error', 'binary cross-entropy', 'cross-entropy')
    for name in ('bandit_inputs', 'casino_inputs'):
        check_form(env, name, like=1, at_least=1)
    for name in ('bandit', 'casino', 'weather', 'cat'):
        check_form(env, f'{name}_output', like=('word', 1, 'word', 'word'), at_least=1, choices=words)

@test_case(points=0, hidden=False)
def test_small_entropies(env):
    """The loss of two and of three examples"""
    import numpy as np
    from cnnchecks import check
    check(env, 'cross_entropy', np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1]))
    check(env, 'cross_entropy', np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75], [1, 0, 0]]), np.array([1, 2, 0]))

