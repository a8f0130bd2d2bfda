"""Puts this folder on the import path, for the examples that several kinds of tests share.

Matrices here are small: threads of the linear algebra library would only wait for one another.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
