"""Wrong: padding has no parameters, so it can't matter."""
# expects: q6 counts.padding_without_effect


def convolved_parameters(image_shape, kernel_size, filters, padding, units):
    height, width, channels = image_shape
    return conv_parameters(kernel_size, channels, filters) + fully_connected_parameters(height * width * filters, units)
