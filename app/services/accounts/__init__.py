"""Who somebody is and what they may do: accounts, roles, sessions, PINs, API clients and tokens, the clinics' keys.

`sessions` knows people, `tokens` knows programs; `permissions.require` is the one check that every service makes.
"""
