"""Availability: the starts that a hold accepts, their days, and the first ones over many practitioners."""

from app.services.availability.start import Start as Start
from app.services.availability.starts import days as days
from app.services.availability.starts import first_available as first_available
from app.services.availability.starts import open_starts as open_starts
