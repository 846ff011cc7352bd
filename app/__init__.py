"""The product: its interface (pages, components, state), rules (services), API, command line and adapters (infra)."""
