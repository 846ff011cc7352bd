"""Letters to patients: `outbox` keeps what is due, `deliver` works it off, `letters` says what is true by then."""
