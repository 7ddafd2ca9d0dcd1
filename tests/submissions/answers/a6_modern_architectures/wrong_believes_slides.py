"""Wrong: believes lectures 2 and 3 about ILSVRC, 1×1 convolutions and ResNet."""
# expects: q3 inception.reductions_stand_beside, q6, q9 tables.ten_times_the_classes

saved_by_reduction = -conv_parameters(1, 192, 16)

resnet_152 = 11_000_000

ilsvrc_classes = 10_000
