"""Keras 3 models as their users save and convert them, with Keras's own answers.

    python3 make-models.py FOLDER [NAME ...]

writes FOLDER/NAME/graph/model.json (model.export, tensorflowjs_converter), FOLDER/NAME/layers/model.json
(tensorflowjs.converters.save_keras_model) and FOLDER/NAME/cases.json: inputs and outputs at several sizes.

Needs tensorflow, keras 3 and tensorflowjs 4.22, which pip brings together only with `ydf<0.14`:

    pip install tensorflow tensorflowjs 'ydf<0.14'
"""
import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from tensorflowjs import converters
from tensorflowjs.converters import tf_saved_model_conversion_v2 as graph_conversion

L = layers


def sequential(*parts):
    return keras.Sequential(list(parts))


def dcgan():
    return sequential(
        L.Input((16,)), L.Dense(4 * 4 * 8, use_bias=False), L.BatchNormalization(), L.LeakyReLU(),
        L.Reshape((4, 4, 8)), L.Conv2DTranspose(8, 5, strides=2, padding="same", use_bias=False),
        L.BatchNormalization(), L.LeakyReLU(0.2),
        L.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"))


def discriminator():
    return sequential(
        L.Input((8, 8, 3)), L.Conv2D(4, 3, strides=2, padding="same"), L.LeakyReLU(negative_slope=0.1),
        L.Dropout(0.3), L.Flatten(), L.Dense(1))


def conditional():
    noise, label = L.Input((8,), name="noise"), L.Input((1,), dtype="int32", name="label")
    embedded = L.Flatten()(L.Embedding(5, 6)(label))
    x = L.Concatenate()([noise, embedded])
    x = L.Dense(3 * 3 * 4, activation="relu")(x)
    x = L.Reshape((3, 3, 4))(x)
    x = L.Conv2DTranspose(3, 4, strides=2, padding="same", activation="sigmoid")(x)
    return keras.Model([noise, label], x)


def unet(interpolation="nearest", normalization=L.BatchNormalization):
    image = L.Input((None, None, 3))
    down1 = L.LeakyReLU(0.2)(L.Conv2D(4, 4, strides=2, padding="same")(image))
    down2 = L.LeakyReLU(0.2)(normalization()(L.Conv2D(6, 4, strides=2, padding="same")(down1)))
    up = L.UpSampling2D(2, interpolation=interpolation)(down2)
    up = L.ReLU()(L.Conv2D(4, 3, padding="same")(up))
    joined = L.Concatenate()([up, down1])
    out = L.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(joined)
    return keras.Model(image, out)


def dense_on_sequences():
    return sequential(L.Input((None, 6)), L.Dense(5, activation="gelu"), L.LayerNormalization(), L.Dense(2))


def dense_on_images():
    return sequential(L.Input((None, None, 3)), L.Dense(4, activation="relu"), L.Conv2D(2, 1))


def patches():
    image = L.Input((None, None, 3))
    x = L.Conv2D(4, 4, strides=2)(image)
    x = L.ZeroPadding2D(((1, 2), (0, 1)))(x)
    x = L.Conv2D(1, 4, strides=1)(L.ReLU(max_value=6, negative_slope=0.1, threshold=0.2)(x))
    return keras.Model(image, x)


def transposed():
    image = L.Input((None, None, 2))
    x = L.Conv2DTranspose(3, 3, strides=2, padding="valid")(image)
    x = L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1)(x)
    return keras.Model(image, L.Cropping2D(((1, 0), (2, 1)))(x))


def transposed_one_dimension():
    return sequential(
        L.Input((5, 4)), L.Conv1DTranspose(3, 4, strides=2, padding="same"), L.UpSampling1D(2), L.Flatten(), L.Dense(3))


def transposed_three_dimensions():
    return sequential(
        L.Input((2, 3, 2, 4)), L.Conv3DTranspose(3, 3, strides=2, padding="same"), L.GlobalAveragePooling3D())


def upsampled():
    image = L.Input((None, None, 2))
    x = L.UpSampling2D((2, 3), interpolation="bilinear")(image)
    x = L.Conv2D(2, 3, padding="same")(x)
    return keras.Model(image, L.Resizing(12, 10, interpolation="nearest")(x))


def pooled():
    image = L.Input((None, None, 4))
    x = L.MaxPooling2D(1, strides=2, padding="same")(image)
    x = L.AveragePooling2D(3, strides=2, padding="same")(x)
    x = L.SeparableConv2D(6, 3, padding="same", depth_multiplier=2)(x)
    x = L.GroupNormalization(groups=2)(x)
    return keras.Model(image, L.Dense(3)(L.GlobalAveragePooling2D(keepdims=False)(x)))


def attention():
    tokens = L.Input((None, 8))
    x = L.MultiHeadAttention(2, 4)(tokens, tokens)
    x = L.Add()([x, tokens])
    return keras.Model(tokens, L.Dense(3)(L.LayerNormalization()(x)))


class Computed(L.Layer):
    """A layer of one function, whose lengths are tensors where they are open: graph models only."""

    def __init__(self, compute, **options):
        super().__init__(**options)
        self.compute = compute

    def call(self, inputs):
        return self.compute(inputs)


def self_attention(image):
    shape = tf.shape(image)
    flat = tf.reshape(image, [shape[0], shape[1] * shape[2], 4])
    weights = tf.nn.softmax(tf.matmul(flat, flat, transpose_b=True) * 0.1)
    mixed = tf.reshape(tf.matmul(weights, flat), [-1, shape[1], shape[2], 4])
    half = mixed[:, : shape[1] // 2, ::2, :]
    return tf.concat([half, tf.zeros_like(half)], axis=-1)


def deviation_channel(image):
    deviation = tf.reduce_mean(tf.math.reduce_std(image, axis=0, keepdims=True))
    return tf.concat([image, tf.fill([tf.shape(image)[0], 4, 4, 1], 1.0) * deviation], axis=-1)


def row_channel(image):
    shape = tf.shape(image)
    rows = tf.cast(tf.range(shape[1]), "float32") / tf.cast(shape[1], "float32")
    rows = tf.broadcast_to(tf.reshape(rows, [1, -1, 1, 1]), tf.stack([shape[0], shape[1], shape[2], 1]))
    return tf.concat([image, rows], axis=-1)


def resized_to_half(image):
    size = tf.cast(tf.cast(tf.shape(image)[1:3], "float32") * 0.5, "int32")
    small = tf.image.resize(image, size, method="bilinear")
    return tf.image.resize(small, tf.shape(image)[1:3], method="nearest")


def noise_shaped(image):
    count = tf.reduce_prod(tf.shape(image)[1:])
    flat = tf.reshape(image, tf.stack([tf.shape(image)[0], count]))
    tiled = tf.tile(flat[:, tf.newaxis, :], [1, 3, 1])
    return tf.reduce_sum(tiled, axis=1) / tf.cast(count, "float32")


def computed(function, channels, *after):
    image = L.Input((None, None, channels))
    x = Computed(function)(image)
    for layer in after:
        x = layer(x)
    return keras.Model(image, x)


def minibatch_deviation():
    image = L.Input((4, 4, 3))
    x = Computed(deviation_channel)(image)
    return keras.Model(image, L.Dense(2)(L.Flatten()(L.Conv2D(3, 3)(x))))


def repeated():
    latent = L.Input((6,))
    x = L.RepeatVector(4)(latent)
    x = L.Permute((2, 1))(x)
    x = L.Conv1D(5, 3, padding="causal")(x)
    x = L.GlobalMaxPooling1D()(x)
    return keras.Model(latent, [L.Softmax()(x), L.PReLU()(x)])


def recurrent():
    return sequential(
        L.Input((5, 4)), L.GRU(3, return_sequences=True), L.Bidirectional(L.LSTM(2, return_sequences=True)),
        L.TimeDistributed(L.Dense(3)), L.SimpleRNN(2))


def nested():
    inner = sequential(L.Input((8, 8, 2)), L.Conv2D(3, 3, padding="same"), L.BatchNormalization(), L.ELU(0.7))
    image = L.Input((8, 8, 2))
    left, right = inner(image), inner(L.Rescaling(0.5, offset=0.1)(image))
    x = L.Subtract()([left, right]) * 2.0 + 1.0
    return keras.Model(image, L.Activation("leaky_relu")(L.Maximum()([x, left])))


def activations():
    x = L.Input((7,))
    kinds = ["elu", "selu", "softplus", "softsign", "swish", "relu6", "hard_sigmoid", "mish", "exponential", "gelu", "linear"]
    return keras.Model(x, [L.Activation(kind)(x) for kind in kinds] + [L.ReLU(threshold=0.5)(x)])


def batch_of_two():
    image = L.Input(batch_shape=(2, 4, 4, 2))
    return keras.Model(image, L.Reshape((8, 4))(L.Conv2DTranspose(2, 2, strides=1, padding="same")(image)))


MODELS = {
    "dcgan": (dcgan, [(1,), (3,)]),
    "discriminator": (discriminator, [(1,), (4,)]),
    "conditional": (conditional, [(1,), (3,)]),
    "unet": (unet, [(1, 8, 12), (2, 16, 8)]),
    "unet-bilinear": (lambda: unet("bilinear", L.LayerNormalization), [(1, 8, 12), (2, 16, 8)]),
    "dense-on-sequences": (dense_on_sequences, [(1, 4), (3, 7)]),
    "dense-on-images": (dense_on_images, [(1, 4, 3), (2, 5, 7)]),
    "patches": (patches, [(1, 16, 15), (2, 19, 12)]),
    "transposed": (transposed, [(1, 3, 4), (2, 5, 4)]),
    "transposed-1d": (transposed_one_dimension, [(1,), (3,)]),
    "transposed-3d": (transposed_three_dimensions, [(1,), (2,)]),
    "upsampled": (upsampled, [(1, 4, 5), (3, 7, 4)]),
    "pooled": (pooled, [(1, 9, 8), (2, 12, 7)]),
    "attention": (attention, [(1, 5), (3, 4)]),
    "self-attention": (lambda: computed(self_attention, 4), [(1, 5, 4), (3, 4, 7)]),
    "minibatch-deviation": (minibatch_deviation, [(1,), (3,)]),
    "coordinates": (lambda: computed(row_channel, 2, L.Conv2D(3, 3, padding="same")), [(1, 4, 5), (2, 7, 3)]),
    "half-size": (lambda: computed(resized_to_half, 2), [(1, 4, 6), (2, 7, 5)]),
    "flattened": (lambda: computed(noise_shaped, 2), [(1, 4, 6), (2, 7, 5)]),
    "repeated": (repeated, [(1,), (3,)]),
    "recurrent": (recurrent, [(1,), (3,)]),
    "nested": (nested, [(1,), (3,)]),
    "activations": (activations, [(1,), (3,)]),
    "batch-of-two": (batch_of_two, [()]),
}


def with_spread_weights(model, random):
    """Weights that differ from each other: statistics of batch normalization and biases start as zeros and ones."""
    for weight in model.weights:
        if weight.dtype == "float32":
            noise = random.normal(0, 0.2, weight.shape)
            own = weight.numpy() + noise
            weight.assign(np.abs(own) + 0.1 if "variance" in weight.path else own)


def draw(tensor, sizes, random):
    open_lengths = iter(sizes)
    shape = [next(open_lengths) if length is None else length for length in tensor.shape]
    if tensor.dtype == "int32":
        return random.integers(0, 5, shape).astype("int32")
    return random.normal(0, 1, shape).astype("float32")


def named(name, array):
    values = [float(f"{value:.8g}") for value in np.asarray(array).ravel()]
    return {"name": name, "shape": list(array.shape), "dtype": str(array.dtype), "values": values}


def write_cases(model, sizes, random, path):
    cases = []
    for own in sizes:
        inputs = [draw(tensor, own, random) for tensor in model.inputs]
        outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        cases.append({
            "inputs": [named(tensor.name, array) for tensor, array in zip(model.inputs, inputs)],
            "outputs": [named(f"output_{index}", array.numpy()) for index, array in enumerate(outputs)],
        })
    path.write_text(json.dumps(cases))


def write_graph(model, folder):
    with tempfile.TemporaryDirectory() as saved:
        model.export(saved, verbose=False)
        graph_conversion.convert_tf_saved_model(saved, str(folder))


def write(name, folder):
    make, sizes = MODELS[name]
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(7)
    model = make()
    with_spread_weights(model, random)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for kind, save in (("graph", write_graph), ("layers", converters.save_keras_model)):
        try:
            save(model, str(folder / kind))
            assert (folder / kind / "model.json").exists()
        except Exception as error:  # What the converter itself refuses is told, and nothing is to be exported.
            (folder / f"{kind}.refused").write_text(f"{type(error).__name__}: {error}")
    write_cases(model, sizes, random, folder / "cases.json")


def main():
    target = pathlib.Path(sys.argv[1])
    for name in sys.argv[2:] or MODELS:
        write(name, target / name)
        print(name, flush=True)


if __name__ == "__main__":
    main()
