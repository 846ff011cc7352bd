"""What the clinic consists of and offers: locations, rooms, devices, services, practitioners.

`read` is what anybody may ask, kept by the cache. Administrators change it through `editing.change_settings`.
"""
