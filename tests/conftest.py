"""What all tests share: this folder on the import path, and the same examples of Hypothesis every time.

Matrices here are small: threads of the linear algebra library would only wait for one another, so there is one.
"""

import os

from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Only a change makes a test fail; HYPOTHESIS_PROFILE=explore tries new examples.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
