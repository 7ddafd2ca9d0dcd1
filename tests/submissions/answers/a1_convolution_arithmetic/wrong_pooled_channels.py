"""Wrong: pooling halves the channels too, and so every network has fewer of them."""
# expects: q4 volumes.channels_pooled, q8 volumes.channels_pooled


def pool_output_shape(image_shape, pool_size, strides=None):
    return tuple(conv_output_size(size, pool_size, strides or pool_size) for size in image_shape)
