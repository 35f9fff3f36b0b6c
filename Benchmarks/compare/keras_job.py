"""The tutorial in Keras: VGG16 frozen, Flatten, Dense, one sigmoid, a few epochs, evaluated."""

import argparse
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from keras_step import take_over  # noqa: E402
from safetensors_file import load  # noqa: E402


def photos(folder, arguments, shuffle):
    data = keras.utils.image_dataset_from_directory(
        folder,
        label_mode="binary",
        image_size=(arguments.size, arguments.size),
        batch_size=arguments.batch,
        shuffle=shuffle,
        seed=0,
        verbose=False,
    )
    return data.map(lambda images, labels: (images / 255.0, labels)).prefetch(tf.data.AUTOTUNE)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--size", type=int, default=150)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--units", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    shape = (arguments.size, arguments.size, 3)
    backbone = keras.applications.VGG16(include_top=False, weights=None, input_shape=shape)
    take_over(backbone, load(arguments.weights))
    backbone.trainable = False
    model = keras.Sequential(
        [
            backbone,
            keras.layers.Flatten(),
            keras.layers.Dense(arguments.units, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(arguments.rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    validation = photos(arguments.photos / "val", arguments, shuffle=False)
    history = model.fit(
        photos(arguments.photos / "train", arguments, shuffle=True),
        validation_data=validation,
        epochs=arguments.epochs,
        verbose=0,
    ).history
    print(
        json.dumps(
            {
                "accuracy": history["val_accuracy"][-1],
                "loss": history["val_loss"][-1],
                "version": f"Keras {keras.__version__}, TensorFlow {tf.__version__}",
            }
        )
    )


if __name__ == "__main__":
    main()
