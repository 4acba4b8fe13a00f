"""Which tests run on which back end of Keras.

JAX arrays and torch tensors need no back end, and are tested beside NumPy's in
``tests/core/test_arrays.py``. TensorFlow's are tested where its process is started anyway.
"""

import os

if os.environ["KERAS_BACKEND"] == "tensorflow":
    import tensorflow as tf

    # Two devices, for what is trained on several: TensorFlow asks for them before anything else.
    [cpu] = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

collect_ignore = [] if os.environ["KERAS_BACKEND"] == "tensorflow" else ["test_tensorflow.py"]
