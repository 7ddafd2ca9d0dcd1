"""Wrong: a product with its addition is one operation, as some papers count."""
# expects: q10 cost.product_is_an_operation


def conv_cost(image_shape, kernel_size, filters, padding):
    height, width, maps = conv_output_shape(image_shape, kernel_size, filters, padding=padding)
    products = height * width * maps * kernel_size**2 * image_shape[2]
    parameters = conv_parameters(kernel_size, image_shape[2], filters)
    return {"products": products, "flops": products, "weight bytes": 4 * parameters, "map bytes": 4 * height * width * maps}
