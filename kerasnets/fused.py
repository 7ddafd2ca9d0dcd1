"""Batch normalisation as one operation. Keras 3 makes some thirty of it, in which a small network on a CPU spends more time
than in its convolutions; TensorFlow has one, forward and backward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keras import Layer, Model


def fused(model: Model) -> Model:
    """A network of the same layers, weights under the same names, that learns the same, but quicker. Under TensorFlow only.

    What its layers are once they have learned is not changed: their weights go into a network of Keras's own.
    """
    import keras

    Fused = _layer()

    def quicker(layer: Layer) -> Layer:
        kind = Fused if type(layer) is keras.layers.BatchNormalization else type(layer)
        return kind.from_config(layer.get_config())

    return keras.models.clone_model(model, clone_function=quicker)


def _layer() -> type[Layer]:
    import keras
    import tensorflow as tf

    class Fused(keras.layers.BatchNormalization):
        def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
            if not training:
                return super().call(inputs, training=False, mask=mask)
            outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
                inputs,
                tf.convert_to_tensor(self.gamma),
                tf.convert_to_tensor(self.beta),
                epsilon=self.epsilon,
            )
            count = tf.cast(tf.reduce_prod(tf.shape(inputs)[:-1]), tf.float32)
            variance *= (count - 1) / count  # TensorFlow's divides by one less, Keras's by all
            for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.assign(self.momentum * moving + (1 - self.momentum) * now)
            return outputs

    return Fused
