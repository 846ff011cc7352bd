"""The audit log: `record` for what was changed, `viewed` for what was seen."""
