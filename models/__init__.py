"""The tables, their migrations, and `db.transaction(principal)`: the only door to the database."""
