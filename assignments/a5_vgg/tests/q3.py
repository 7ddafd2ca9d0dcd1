from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 12

@test_case(points=0, hidden=False)
def test_layers_of_16(env):
    """VGG16: every layer has as many weights as it should, and all can be trained"""
    from cnnchecks import check_layers
    check_layers(env, 'vgg16')

@test_case(points=0, hidden=False)
def test_layers_of_19(env):
    """VGG19: every layer has as many weights as it should, and all can be trained"""
    from cnnchecks import check_layers
    check_layers(env, 'vgg19')

