"""The process that does what is due: `schedule` says when, `jobs` what."""
