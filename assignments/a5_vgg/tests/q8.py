from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 12

@test_case(points=0, hidden=False)
def test_weights_file(env):
    """The file was loaded into a small VGG, and all its numbers are finite"""
    from cnnchecks import check_trained
    check_trained(env, 'trained_vgg', like='vgg_digits')

