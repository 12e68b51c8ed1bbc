from hypothesis import settings

settings.register_profile("busy", deadline=None)  # a shared machine stalls longer than any sensible deadline
settings.load_profile("busy")
