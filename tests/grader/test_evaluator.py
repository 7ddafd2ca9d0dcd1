"""A model crosses as data: what is let in computes what it computed, and nothing else is let in."""

import copy
import functools
import io
import json
import socket
import struct
import threading
import zipfile
import zlib

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from grader.sandbox import admit, weights, wire
from grader.sandbox.admit import Rejected
from grader.sandbox.evaluator import describe, outputs, rebuild, serve
from grader.sandbox.weights import DEFLATE, weights_from_bytes, weights_from_file
from kerasnets import blueprint
from kerasnets.models import lenet5, registry, vgg16, vgg_small


def config_of(model):
    return blueprint.of(model).config


LENET = config_of(lenet5)


def layer(config, name):
    return next(part for part in config["config"]["layers"] if part["config"].get("name") == name)


def changed(change, config=LENET):
    config = copy.deepcopy(config)
    change(config)
    return config


def dense(**arguments):
    """LeNet's configuration with other arguments in its layer C5."""
    return changed(lambda config: layer(config, "C5")["config"].update(arguments))


@pytest.fixture
def images():
    return np.random.default_rng(0).random((20, 28, 28, 1), dtype=np.float32)


# ---- what is let in ----


@pytest.mark.parametrize("form", ["1998", "modern"])
def test_lenet_comes_through_with_every_output_the_same(form, images):
    model = lenet5(form)
    config = json.loads(json.dumps(config_of(model)))
    got = outputs(config, blueprint.weights_of(model), images)
    np.testing.assert_array_equal(got, np.asarray(model(images)))
    assert got.dtype == np.float32
    assert not np.array_equal(outputs(config, [2 * w for w in model.get_weights()], images), got)


def test_every_kind_of_layer_students_use_comes_through():
    x = inputs = keras.Input((16, 16, 3))
    x = layers.RandomTranslation(0.1, 0.1)(layers.RandomFlip("horizontal")(layers.Rescaling(1 / 255)(x)))
    # idle but in training
    x = layers.RandomContrast(0.1)(layers.RandomZoom(0.1)(layers.RandomRotation(0.1)(x)))
    x = layers.Conv2D(
        4, 3, padding="same", kernel_regularizer="l2", kernel_initializer="he_normal", use_bias=False
    )(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Add()([x, layers.SeparableConv2D(4, 3, padding="same")(x)])
    x = layers.Conv2D(4, 1, activation=layers.LeakyReLU(0.1), kernel_constraint=keras.constraints.MaxNorm(2))(
        x
    )
    x = keras.Sequential([keras.Input((16, 16, 4)), layers.DepthwiseConv2D(3), layers.AveragePooling2D(2)])(x)
    x = layers.Dropout(0.5, seed=123456789)(layers.GlobalAveragePooling2D()(2 * x[:, 1:] + 1))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    images = np.random.default_rng(1).random((2, 16, 16, 3), dtype=np.float32)
    got = outputs(config_of(model), blueprint.weights_of(model), images)
    np.testing.assert_array_equal(got, np.asarray(model(images, training=False)))


def test_a_count_is_made_anew_not_believed():
    described = describe(config_of(vgg16))
    assert sum(row["parameters"] for row in described["rows"]) == 138_357_544
    assert described == blueprint.of(vgg16).to_dict()


def test_c5_may_be_a_convolution_or_a_dense_layer(images):
    def convolutional():
        x = inputs = keras.Input((28, 28, 1))
        x = layers.MaxPooling2D(2)(layers.Conv2D(6, 5, padding="same", activation="relu")(x))
        x = layers.MaxPooling2D(2)(layers.Conv2D(16, 5, activation="relu")(x))
        x = layers.Flatten()(layers.Conv2D(120, 5, activation="relu")(x))
        return keras.Model(inputs, layers.Dense(10)(layers.Dense(84, activation="relu")(x)))

    weights = registry.weights("lenet5")
    np.testing.assert_allclose(
        outputs(config_of(convolutional), weights, images),
        outputs(LENET, weights, images),
        rtol=1e-4,
        atol=1e-4,
    )


def test_every_name_on_the_lists_is_one_of_kerass():
    for name in admit.LAYERS:
        assert issubclass(getattr(layers, name), layers.Layer)
    for module, names in admit.OPERATIONS.items():
        known = vars(__import__(module, fromlist=["*"]))
        assert [name for name in names if name not in known] == []
    for name in admit.ACTIVATIONS:
        assert callable(keras.activations.get(name))
    for module, names in admit.SLOTS.values():
        home = __import__(module, fromlist=["*"])
        assert all(hasattr(home, name) for name in names)


# ---- what is not ----


def lambda_model():
    x = keras.Input((28, 28, 1))
    model = keras.Model(x, layers.Lambda(lambda x: x, name="trick")(x))
    return keras.saving.serialize_keras_object(model)


def nested(depth):
    config = LENET
    for _ in range(depth):
        config = {**LENET, "config": {**LENET["config"], "layers": [config]}}
    return config


def cyclic(config):
    for a, b in (("C5", "F6"), ("F6", "C5")):
        history = layer(config, a)["inbound_nodes"][0]["args"][0]["config"]["keras_history"]
        history[0] = b


def called_in_calls(depth, times):
    """A model that calls a model `times` times, which calls a model, ...: ten kilobytes for a million calls."""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(4)])
    for _ in range(depth):
        x = inputs = keras.Input((4,))
        for _ in range(times):
            x = model(x)
        model = keras.Model(inputs, x)
    return config_of(model)


HOSTILE = {
    "not a model": "os.system('ls')",
    "nothing": None,
    "an object of ours": {
        "module": "grader.judge",
        "class_name": "LiveOracle",
        "config": {},
        "registered_name": None,
    },
    "a module of Python's": {"module": "os", "class_name": "system", "config": {}, "registered_name": None},
    "a layer's module": changed(lambda c: layer(c, "C5").update(module="builtins", class_name="exec")),
    "keras's own utility": changed(
        lambda c: layer(c, "C5").update(module="keras.utils", class_name="get_file")
    ),
    "a lambda": json.loads(json.dumps(lambda_model())),
    "a registered name": changed(lambda c: layer(c, "C5").update(registered_name="Custom>Dense")),
    "a registered model": {**LENET, "registered_name": "Custom>Model"},
    "TFSMLayer, which loads a file": changed(
        lambda c: layer(c, "C5").update(class_name="TFSMLayer", config={"filepath": "/tmp/x"})
    ),
    "a lambda activation": dense(activation={"value": ["4wEAAAAA", None, None]}),
    "a function as activation": dense(
        activation={
            "module": "builtins",
            "class_name": "function",
            "config": "exec",
            "registered_name": "function",
        }
    ),
    "an unknown activation": dense(activation="__import__"),
    "an initialiser from elsewhere": dense(
        kernel_initializer={"module": "os", "class_name": "Zeros", "config": {}, "registered_name": None}
    ),
    "an object in an initialiser": dense(
        kernel_initializer={
            "module": "keras.initializers",
            "class_name": "Constant",
            "config": {"value": {"class_name": "__lambda__", "config": {"value": "x"}}},
            "registered_name": None,
        }
    ),
    "a regulariser by name": dense(kernel_regularizer="my_regularizer"),
    "an object where a number belongs": dense(units={"class_name": "__lambda__", "config": {"value": "x"}}),
    "a lambda in a call": changed(
        lambda c: layer(c, "C5")["inbound_nodes"][0]["args"].append(
            {"class_name": "__lambda__", "config": {"value": "x"}}
        )
    ),
    "a keyword of the object that isn't known": {**LENET, "fn": "x"},
    "a giant dense layer": dense(units=10**9),
    "a negative size": dense(units=-5),
    "a number with 400 digits": dense(units=10**400),
    "infinity": dense(units=float("inf")),
    "not a number": dense(units=float("nan")),
    "a giant text": dense(name="x" * 10**6),
    "deep nesting": nested(10),
    "deeper nesting than Python's stack": functools.reduce(lambda inner, _: [inner], range(5_000), []),
    "a hundred thousand layers": changed(
        lambda c: c["config"]["layers"].extend([layer(c, "F6")] * 100_000),
    ),
    "two thousand layers": changed(lambda c: c["config"]["layers"].extend([layer(c, "S4")] * 2_000)),
    "models that call models that call models": called_in_calls(depth=4, times=8),
    "a circle": changed(cyclic),
    "layers that aren't there": changed(lambda c: c["config"].update(output_layers=["nowhere", 0, 0])),
    "no layers": changed(lambda c: c["config"].update(layers=None)),
    "an array": {**LENET, "config": np.zeros(3)},
    "a key that is no text": {**LENET, 3: 4},
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_configurations_are_refused_in_a_sentence(what, images):
    with pytest.raises(Rejected) as refused:
        rebuild(HOSTILE[what])
    assert 10 < len(str(refused.value)) < 700
    with pytest.raises(Rejected):
        describe(HOSTILE[what])


def test_a_billion_parameters_are_refused_before_they_are_allocated(images):
    big = dense(units=900_000)  # 400 · 900,000 weights, and as many again times 84
    assert sum(row["parameters"] for row in describe(big)["rows"]) > 400_000_000
    with pytest.raises(Rejected, match="at most 20,000,000 are run"):
        rebuild(big)


def test_a_small_model_with_giant_outputs_is_refused(images):
    wide = changed(lambda c: layer(c, "C1")["config"].update(filters=100_000, kernel_size=[1, 1]))
    with pytest.raises(Rejected, match="numbers, more than are run here"):
        outputs(wide, [], images)


def test_a_build_or_compile_configuration_has_no_effect(images):
    def poison(config):
        config["compile_config"] = {"optimizer": {"module": "os", "class_name": "system", "config": {}}}
        layer(config, "C5")["build_config"] = {"input_shape": [None, 10**9]}

    model = lenet5()
    got = outputs(changed(poison), model.get_weights(), images)
    np.testing.assert_array_equal(got, np.asarray(model(images)))


def test_weights_or_images_that_dont_fit_are_refused(images):
    weights = registry.weights("lenet5")
    with pytest.raises(Rejected, match="10 weight arrays; got 9"):
        outputs(LENET, weights[:-1], images)
    with pytest.raises(Rejected, match=r"weight 10 of 10, output/bias, .*\(10,\); got .*\(11,\)"):
        outputs(LENET, [*weights[:-1], np.zeros(11)], images)
    with pytest.raises(Rejected, match="takes images"):
        outputs(LENET, weights, images[:, :27])


# ---- files of weights ----


def npz(**members):
    file = io.BytesIO()
    np.savez(file, **members)
    return file.getvalue()


def h5(write):
    file = io.BytesIO()
    with h5py.File(file, "w") as root:
        write(root)
    return file.getvalue()


def many_layers():
    """Two kinds of layers in turn, eleven of each: neither alphabetical nor counted up as text."""
    x = inputs = keras.Input((4, 4, 2))
    for _ in range(11):
        x = layers.BatchNormalization()(layers.Conv2D(2, 1)(x))
    inner = keras.Sequential([keras.Input((4, 4, 2)), layers.Conv2D(2, 1)])
    return keras.Model(inputs, layers.Dense(2)(layers.Dropout(0.1)(inner(x))))


@pytest.mark.parametrize("builder", [lenet5, many_layers], ids=lambda builder: builder.__name__)
@pytest.mark.parametrize("ending", ["npz", "weights.h5"])
def test_files_give_the_weights_in_layer_order(tmp_path, builder, ending):
    model = builder()
    weights = [
        np.random.default_rng(i).random(w.shape, dtype=np.float32) for i, w in enumerate(model.get_weights())
    ]
    model.set_weights(weights)
    path = tmp_path / f"mine.{ending}"
    if ending == "npz":
        np.savez_compressed(path, *weights)
    else:
        model.compile("adam", "mse")
        # its state is in the file, and is none of the weights
        model.optimizer.build(model.trainable_variables)
        model.save_weights(path)
    got = weights_from_file(path, config_of(model))
    for mine, theirs in zip(weights, got, strict=True):
        np.testing.assert_array_equal(theirs, mine)


def test_a_subclassed_models_file_is_read_in_its_own_order(tmp_path):
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.a, self.b = layers.Dense(3), layers.Dense(2)

        def call(self, x):
            return self.b(self.a(x))

    net = Net()
    net(np.zeros((1, 4)))
    net.save_weights(tmp_path / "net.weights.h5")
    got = weights_from_file(tmp_path / "net.weights.h5", blueprint.of(net).config)
    assert [w.shape for w in got] == [(4, 3), (3,), (3, 2), (2,)]


def test_a_layer_may_have_an_argument_named_layers():
    """It is no model for that: its weights are looked for where a layer's are."""
    content = h5(lambda f: f.create_dataset("layers/dense/vars/0", data=np.ones(3, "f4")))
    (got,) = weights_from_bytes(content, dense(layers=5))
    np.testing.assert_array_equal(got, [1, 1, 1])


def giant_npz():
    """A few bytes that announce 10¹² numbers."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.npy", header.getvalue())
    return file.getvalue()


def bomb_npz():
    """A quarter of a megabyte that unpacks to a quarter of a gigabyte."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.npy", "w") as member:
        np.lib.format.write_array_header_1_0(
            member, {"descr": "|u1", "fortran_order": False, "shape": (260_000_000,)}
        )
        for _ in range(26):
            member.write(bytes(10_000_000))
    return file.getvalue()


def npz_with(name):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "{}")
    return file.getvalue()


def costly_npz():
    """An array whose header is 8,000 characters of Python that make one small dict."""
    header = "{" + "'descr': '<f4', " * 500 + "'fortran_order': False, 'shape': ()}"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "a.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes(4)
        )
    return file.getvalue()


def looped(root):
    root.create_group("a")["again"] = root["/"]


def doubled(root):
    """Each group lies twice in the one above: 2³⁰ paths, none of which leads to a number."""
    for _ in range(30):
        inner = root.create_group("a")
        root["b"] = inner
        root = inner


FILES = {
    "a pickle": (b"\x80\x04cos\nsystem\n", "neither"),
    "empty": (b"", "neither"),
    "objects in an npz": (npz(a=np.array([print], dtype=object)), "can't be read|holds object"),
    "text in an npz": (npz(a=np.array(["x"])), "holds <U1"),
    "records in an npz": (npz(a=np.zeros(2, [("x", "f4")])), "holds"),
    "complex numbers": (npz(a=np.zeros(2, complex)), "holds complex"),
    "not finite": (npz(a=np.array([1, np.nan])), "not finite"),
    "too large for float32": (npz(a=np.array([1e300])), "not finite"),
    "an npz cut short": (npz(a=np.zeros(1000))[:-200], "can't be read"),
    "an npz that announces too much": (giant_npz(), "announces"),
    "an npz that unpacks to too much": (bomb_npz(), "unpacks to more"),
    "an npz with long headers": (costly_npz(), "can't be read"),
    "groups that lie in one another twice": (h5(doubled), "more than 5,000 entries"),
    "an external link": (h5(lambda f: f.__setitem__("a", h5py.ExternalLink("/etc/passwd", "/"))), "link"),
    "a soft link": (h5(lambda f: f.__setitem__("a", h5py.SoftLink("/b"))), "link"),
    "an h5 in circles": (h5(looped), "nested more"),
    "objects in an h5": (h5(lambda f: f.create_dataset("a", data="text")), "holds object"),
    "references in an h5": (h5(lambda f: f.create_dataset("a", (2,), h5py.ref_dtype)), "holds object"),
    "a giant in an h5": (
        h5(lambda f: f.create_dataset("a", (10**5, 10**5), "f4", chunks=True)),
        "unpacks to more",
    ),
    "external storage": (
        h5(lambda f: f.create_dataset("a", (4,), "u1", external=[("/etc/passwd", 0, 4)])),
        "not stored in the file",
    ),
    "an h5 cut short": (h5(lambda f: f.create_dataset("a", data=np.zeros(1000)))[:-500], "can't be read"),
    "a whole model (.h5)": (h5(lambda f: f.attrs.__setitem__("model_config", "{}")), "a whole model"),
    "a whole model (.keras)": (npz_with("config.json"), "a whole model"),
    "infinity in an h5": (h5(lambda f: f.create_dataset("a", data=[np.inf])), "not finite"),
}


@pytest.mark.parametrize("what", FILES)
def test_hostile_files_are_refused(what):
    content, says = FILES[what]
    with pytest.raises(Rejected, match=says):
        weights_from_bytes(content)


def h5_with_chunks(content, *filters, chunk=1000):
    """A .weights.h5 with one dataset of four chunks, each stored as `content`."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as root:
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk((chunk,))
        for number in filters:
            plan.set_filter(number, h5py.h5z.FLAG_OPTIONAL, (1,) if number == DEFLATE else ())
        space = h5py.h5s.create_simple((4 * chunk,))
        dataset = h5py.h5d.create(root.id, b"w", h5py.h5t.IEEE_F32LE, space, plan)
        for start in range(0, 4 * chunk, chunk):
            dataset.write_direct_chunk((start,), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "filters", "says"),
    [
        (zlib.compress(bytes(4005)), (DEFLATE,), "unpacks to more than a chunk"),
        (zlib.compress(zlib.compress(bytes(4000))), (DEFLATE,) * 2, "packed twice"),
        (zlib.compress(bytes(10**7)), (DEFLATE,), "unpacks to more than a chunk"),
    ],
    ids=["a little too much", "gzip in gzip", "a bomb"],
)
def test_a_chunk_that_unpacks_to_more_than_it_says_is_refused(content, filters, says):
    with pytest.raises(Rejected, match=says):
        weights_from_bytes(h5_with_chunks(content, *filters))


def test_chunks_that_are_packed_once_are_read():
    numbers = np.random.default_rng(0).normal(size=(300, 50)).astype(np.float32)
    stream = io.BytesIO()
    with h5py.File(stream, "w") as root:
        root.create_dataset(
            "a", data=numbers, compression="gzip", shuffle=True, fletcher32=True, chunks=(64, 50)
        )
        root.create_dataset("b", data=numbers, chunks=(64, 50))
    for array in weights_from_bytes(stream.getvalue()):
        np.testing.assert_array_equal(array, numbers)


def test_a_file_that_is_too_large_or_missing_is_refused(tmp_path, monkeypatch):
    with pytest.raises(Rejected, match="No such file"):
        weights_from_file(tmp_path / "nothing.npz")
    monkeypatch.setattr(weights, "MOST_BYTES", 1000)
    (tmp_path / "big.npz").write_bytes(npz(a=np.zeros(1000)))
    with pytest.raises(Rejected, match="larger than"):
        weights_from_file(tmp_path / "big.npz")


# ---- the process ----


def test_requests_are_answered_over_the_wire(images):
    ours, theirs = (wire.Channel(end) for end in socket.socketpair())
    thread = threading.Thread(target=serve, args=(theirs,))
    thread.start()

    def ask(**request):
        ours.send(request)
        return ours.receive()

    weights = registry.weights("lenet5")
    packed = np.frombuffer(npz(**{f"w{i}": w for i, w in enumerate(weights)}), np.uint8)
    assert ask(op="describe", config=LENET)["value"]["rows"][1]["parameters"] == 156
    assert ask(op="open", content=packed)["value"] == len(weights)
    got = ask(op="outputs", config=LENET, weights=list(weights), x=images)["value"]
    np.testing.assert_array_equal(got, outputs(LENET, weights, images))
    assert "not a Keras model" in ask(op="describe", config=HOSTILE["a module of Python's"])["rejected"]
    assert "rejected" in ask(op="shutdown")
    ours.close()
    thread.join(10)
    assert not thread.is_alive()


def test_a_small_vgg_comes_through():
    model = vgg_small()
    images = np.random.default_rng(2).random((2, 32, 32, 3), dtype=np.float32)
    got = outputs(config_of(model), blueprint.weights_of(model), images)
    np.testing.assert_array_equal(got, np.asarray(model(images)))
