"""The processes of one installation: its folder and lock, how they are started, watched and ended."""
