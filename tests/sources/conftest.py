"""Properties run the same examples each time and have no stopwatch: the machines they run on are shared."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")
