"""Property tests are the same on every run; HYPOTHESIS_PROFILE=search looks for new counter-examples."""

import os

from hypothesis import settings

# no deadline: these machines are shared, and a slow moment is no counter-example
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
