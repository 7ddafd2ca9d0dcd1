"""Wrong: builds VGG19 with VGG16's three convolutions in the last blocks, and counts blocks for convolutions."""
# expects: q2 vgg.blocks_counted, q3 vgg.column_d


def vgg_depth(convolutions, dense):
    return len(convolutions), len(dense) + 1


def vgg19():
    return vgg((2, 2, 3, 3, 3), (64, 128, 256, 512, 512), (4096, 4096), (224, 224, 3), 1000)
