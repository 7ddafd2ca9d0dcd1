"""Wrong: width first, the slides' largest value, and grey as the mean of the channels."""
# expects: q1 picture.width_first, q2 grey.plain_mean

cat_shape = (cat.shape[1], cat.shape[0], 3)
cat_maximum = 255


def to_grey(image):
    return image[:, :, :3].mean(axis=2)
