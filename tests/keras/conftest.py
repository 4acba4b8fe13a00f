"""Which tests run on which back end of Keras.

JAX arrays and torch tensors need no back end, and are tested beside NumPy's in
``tests/core/test_arrays.py``. TensorFlow's are tested where its process is started anyway.
"""

import os

collect_ignore = [] if os.environ["KERAS_BACKEND"] == "tensorflow" else ["test_tensorflow.py"]
