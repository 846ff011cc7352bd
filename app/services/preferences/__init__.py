"""What each user keeps of how they like a page: `preference` reads it, `prefer` writes it."""

from app.services.preferences.own import forget_preference as forget_preference
from app.services.preferences.own import prefer as prefer
from app.services.preferences.own import preference as preference
