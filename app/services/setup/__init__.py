"""A new installation: who takes it, the steps to the first bookable time, and the end of a demonstration."""
