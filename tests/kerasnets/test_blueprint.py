"""A blueprint says what Keras would say of the built model, allocates nothing, and never guesses."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops

from kerasnets import blueprint
from kerasnets.blueprint import Blueprint, BlueprintError
from kerasnets.models import lenet5

REPOSITORY = Path(__file__).parents[2]


class Residual(layers.Layer):
    """A custom layer made of Keras layers, as students write them: relu(conv(x)) + x."""

    def __init__(self, filters, **options):
        super().__init__(**options)
        self.relu = layers.ReLU()  # made before the convolution, used after it
        self.convolution = layers.Conv2D(filters, 3, padding="same")

    def call(self, x, training=None):
        return self.relu(self.convolution(x)) + x


class Twice(layers.Layer):
    """Custom layers within a custom layer."""

    def __init__(self, filters):
        super().__init__()
        self.last, self.first = Residual(filters), Residual(filters)
        self.norm = layers.BatchNormalization()

    def call(self, x, training=None):
        return self.norm(self.last(self.first(x)), training=training)


class Net(keras.Model):
    """A subclassed model whose attributes are not in the order of its data."""

    def __init__(self):
        super().__init__()
        self.head = layers.Dense(10)
        self.body = Twice(3)
        self.flatten = layers.Flatten()

    def call(self, x):
        return self.head(self.flatten(self.body(x)))


def built_net():
    net = Net()
    net(keras.Input((8, 8, 3)))
    return net


class OwnWeights(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 4))

    def call(self, x):
        return ops.matmul(x, self.w)


def functional(*chain, shape=(8, 8, 3)):
    x = inputs = keras.Input(shape)
    for layer in chain:
        x = layer(x)
    return keras.Model(inputs, x)


def rows(blueprint_):
    return [(r.kind, r.output_shape[1:], r.parameters, r.trainable, r.flops) for r in blueprint_.rows]


def test_lenet_has_the_numbers_of_lecture_1_by_hand():
    assert rows(blueprint.of(lenet5)) == [
        ("InputLayer", (28, 28, 1), 0, 0, 0),
        ("Conv2D", (28, 28, 6), 6 * (5 * 5 * 1 + 1), 156, 2 * 25 * 6 * 28 * 28),
        ("MaxPooling2D", (14, 14, 6), 0, 0, 0),
        ("Conv2D", (10, 10, 16), 16 * (5 * 5 * 6 + 1), 2416, 2 * 25 * 6 * 16 * 10 * 10),
        ("MaxPooling2D", (5, 5, 16), 0, 0, 0),
        ("Flatten", (400,), 0, 0, 0),
        ("Dense", (120,), 120 * 401, 48120, 2 * 400 * 120),
        ("Dense", (84,), 84 * 121, 10164, 2 * 120 * 84),
        ("Dense", (10,), 10 * 85, 850, 2 * 84 * 10),
    ]


def test_a_builder_a_live_model_and_a_model_with_compile_have_one_blueprint():
    def compiled():
        model = lenet5()
        model.compile("adam", "mse")
        return model

    assert blueprint.of(lenet5) == blueprint.of(lenet5()) == blueprint.of(compiled)


def test_it_survives_json_and_nothing_else_is_taken_for_it():
    b = blueprint.of(lenet5)
    assert Blueprint.from_dict(json.loads(json.dumps(b.to_dict()))) == b
    for wrong in (None, [], {}, {"rows": 3}, {**b.to_dict(), "rows": [{"name": "x"}]}):
        with pytest.raises(BlueprintError, match="no blueprint"):
            Blueprint.from_dict(wrong)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(4, (3, 2), strides=(2, 1), padding="same", groups=2),
        layers.DepthwiseConv2D(3, depth_multiplier=2),
        layers.Conv2DTranspose(5, 3, strides=2),
        layers.SeparableConv2D(8, 3),
        layers.Dense(7),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_flops_are_two_per_multiplication_counted_one_by_one(layer):
    """Oracle: a layer is linear, so its output to an input of ones, with a kernel of ones, counts the products."""
    model = functional(layer, shape=(6, 5, 4))
    model.set_weights(
        [np.ones(w.shape) if w.name.endswith("kernel") else np.zeros(w.shape) for w in model.weights]
    )
    padded = "same" in str(getattr(layer, "padding", ""))
    products = np.asarray(model(np.ones((1, 6, 5, 4)))).sum()
    flops = blueprint.of(model).flops
    if "Separable" in type(layer).__name__:  # two layers in one: pixels × (3·3·4 + 4·8) products
        products = 4 * 3 * (3 * 3 * 4 + 4 * 8)
    assert flops >= 2 * products if padded else flops == 2 * products  # padded zeros are multiplied as well


def test_parameters_that_do_not_train_are_told_apart():
    frozen = layers.Conv2D(2, 3)
    frozen.trainable = False
    b = blueprint.of(functional(frozen, layers.BatchNormalization()))
    assert (b.parameters, b.trainable) == (56 + 8, 4)


def test_a_shared_layer_counts_its_weights_once_and_its_work_twice():
    shared = layers.Conv2D(3, 3, padding="same")
    b = blueprint.of(functional(shared, shared))
    assert (b.parameters, b.flops) == (84, 2 * 2 * 81 * 64)


def test_an_inner_model_is_read_layer_by_layer():
    inner = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(3, 3, padding="same", name="c")], name="inner"
    )
    b = blueprint.of(functional(inner, inner))
    assert [(r.name, r.parameters, r.flops) for r in b.rows[1:]] == [("inner/c", 84, 4 * 81 * 64)]


@pytest.mark.parametrize(
    "builder", [built_net, lambda: keras.Sequential([keras.Input((8, 8, 3)), *net_layers()])]
)
def test_custom_layers_are_unrolled_to_kerass_own(builder):
    b = blueprint.of(builder)
    kinds = ["Conv2D", "ReLU", "Add", "Conv2D", "ReLU", "Add", "BatchNormalization", "Flatten", "Dense"]
    assert [row.kind for row in b.rows[1:]] == kinds
    assert (b.parameters, b.trainable, b.output_shape) == (
        84 + 84 + 12 + 1930,
        84 + 84 + 6 + 1930,
        (None, 10),
    )


def net_layers():
    return [Twice(3), layers.Flatten(), layers.Dense(10)]


def test_an_unrolled_configuration_and_its_weights_give_the_models_outputs():
    net = Net()
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype("float32")
    expected = np.asarray(net(x))
    rebuilt = keras.saving.deserialize_keras_object(blueprint.of(net).config)
    with pytest.raises(ValueError, match="shape"):  # the attributes' order is another
        rebuilt.set_weights(net.get_weights())
    rebuilt.set_weights(blueprint.weights_of(net))
    np.testing.assert_array_equal(np.asarray(rebuilt(x)), expected)
    np.testing.assert_array_equal(np.asarray(net(x)), expected)  # and the student's model still works


def test_a_lambda_of_keras_operations_is_unrolled():
    b = blueprint.of(functional(layers.Lambda(lambda x: 2 * x), layers.Flatten(), layers.Dense(1)))
    assert [row.kind for row in b.rows[1:]] == ["Multiply", "Flatten", "Dense"]


def tensorflow_inside():
    import tensorflow as tf

    class Tf(layers.Layer):
        def call(self, x):
            return tf.nn.relu(x)

    return functional(Tf())


class MyDense(layers.Dense):
    pass


def my_relu(x):
    return ops.maximum(x, 0)


def relu(x):
    return x


@pytest.mark.parametrize(
    ("builder", "says"),
    [
        (lambda: functional(OwnWeights()), "12 weights .* build it from Keras layers"),
        (lambda: functional(MyDense(2)), "8 weights .* build it from Keras layers"),
        (tensorflow_inside, "build it from Keras layers"),
        (lambda: functional(layers.Dense(2, activation=my_relu)), "my_relu .* build it from Keras layers"),
        (
            lambda: functional(layers.Dense(2, activation=relu)),
            "activation relu .* build it from Keras layers",
        ),
        (
            lambda: functional(layers.Dense(2, activation=lambda x: x)),
            "<lambda> .* build it from Keras layers",
        ),
        (Net, "doesn't know its input shape.*keras.Input"),
        (lambda: keras.Sequential([layers.Dense(2)]), "keras.Input"),
        (lambda: None, "return the keras.Model"),
        (lambda: 61706, "returned a int"),
        (61706, "got a int"),
    ],
)
def test_what_cant_be_read_is_an_error_that_says_what_to_change(builder, says):
    with pytest.raises(BlueprintError, match=f"(?s){says}"):
        blueprint.of(builder)


def test_a_model_that_lacks_its_input_shape_can_be_told():
    assert blueprint.of(Net, input_shape=(8, 8, 3)).parameters == 2110
    assert blueprint.of(keras.Sequential([layers.Dense(2)]), input_shape=(3,)).parameters == 8


def test_an_error_in_the_builder_comes_out_as_it_is():
    with pytest.raises(KeyError, match="mine"):
        blueprint.of(lambda: {}["mine"])


def test_open_image_sizes_leave_flops_open():
    b = blueprint.of(functional(layers.Conv2D(2, 3), shape=(None, None, 3)))
    assert (b.parameters, b.flops, b.output_shape) == (56, None, (None, None, None, 2))


def test_variables_made_from_arrays_are_built_in_the_usual_way():
    def ones():
        dense = layers.Dense(2)
        model = functional(layers.Flatten(), dense, shape=(3,))
        dense.kernel.assign(np.ones((3, 2)))
        keras.Variable(np.ones(3))
        return model

    assert blueprint.of(ones).parameters == 8


def test_the_callers_seed_and_layer_names_stay_as_they_were():
    def drawn():
        dense = layers.Dense(4)
        dense.build((1, 3))
        return np.asarray(dense.kernel)

    keras.utils.set_random_seed(3)
    expected, name = drawn(), layers.Dense(1).name
    keras.utils.set_random_seed(3)
    blueprint.of(lambda: functional(layers.Dense(2), layers.Dense(2)))
    np.testing.assert_array_equal(drawn(), expected)
    assert int(layers.Dense(1).name.split("_")[-1]) == int(name.split("_")[-1]) + 2  # one more by drawn()


def test_vgg16_is_counted_without_its_528_megabytes():
    script = REPOSITORY / "benchmarks" / "blueprint.py"
    ran = subprocess.run(
        [sys.executable, script, "blueprint.of", "vgg16"], capture_output=True, text=True, check=True
    )
    measured = json.loads(ran.stdout.splitlines()[-1])
    assert measured["parameters"] == 138_357_544
    assert measured["peak"] < 10  # megabytes; the benchmark shows less than one, and its 0.03 seconds


def test_it_imports_nothing_of_ours_and_keras_only_when_asked():
    code = "import sys; import blueprint; print({'keras', 'tensorflow', 'kerasnets', 'grader'} & set(sys.modules))"
    folder = REPOSITORY / "kerasnets"
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_an_inner_model_of_many_outputs_gives_each_of_them_once():
    """Sixteen outputs through eight models in one another: each layer has one input all the same."""
    image = keras.Input((8, 8, 1))
    inner = keras.Model(image, [keras.layers.Activation("relu")(image) for _ in range(16)])
    for _ in range(7):
        image = keras.Input((8, 8, 1))
        inner = keras.Model(image, list(inner(image)))
    image = keras.Input((8, 8, 1))
    model = keras.Model(image, keras.layers.Conv2D(2, 3, name="last")(inner(image)[3]))
    graph = blueprint.wiring(blueprint.of(model).config)
    (source,) = graph.inputs["last"]
    activations = [path for path, kind in graph.kinds.items() if kind == "Activation"]
    assert source == activations[3]
