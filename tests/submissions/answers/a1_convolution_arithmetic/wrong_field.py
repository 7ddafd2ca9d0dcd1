"""Wrong: the fields of the layers are added up."""
# expects: q9 field.kernels_added


def receptive_field(layers):
    field, jump = 0, 1
    for kernel_size, strides, dilation_rate in layers:
        field += (dilation_rate * (kernel_size - 1) + 1) * jump
        jump *= strides
    return field
