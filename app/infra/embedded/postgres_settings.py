"""How the embedded PostgreSQL is set up: the options of initdb and of the server."""

BUILTIN_LOCALE_SINCE = 17

_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    # Statements and key values may hold patient data: neither goes to the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}


def initdb_options(major: int, *, fast: bool) -> list[str]:
    """Return the options for a new cluster: C.UTF-8 of its own, checksums, passwords only."""
    options = ["--username=postgres", "--encoding=UTF8", "--auth=scram-sha-256"]
    if major >= BUILTIN_LOCALE_SINCE:
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        options += ["--locale=C.UTF-8"]
    return options + (["--no-sync"] if fast else ["--data-checksums"])


def server_options(*, port: int, fast: bool) -> list[str]:
    """Return the server's settings as command-line options; none of them is a secret."""
    values = _ALWAYS | (_FAST if fast else {}) | {"port": str(port)}
    return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]
