"""`./holdfast` and its commands: a module each, with `configure` and `run`; what several of them share lies beside."""
