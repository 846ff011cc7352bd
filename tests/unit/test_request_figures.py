"""The request's figures are the defaults of the code (docs/deviations.md names those that are not)."""

import pytest

from app.infra.embedded.postgres_settings import server_options
from app.settings import Settings
from models.practitioners import HealthcareService

FIGURES = {
    "retry_limit": 3,
    "sweep_seconds": 30,
    "cache_practitioners_seconds": 3_600,
    "cache_slots_seconds": 30,
    "cache_patient_appointments_seconds": 60,
    "cache_schedules_seconds": 7_200,
    "cache_settings_seconds": 86_400,
}


@pytest.mark.parametrize(("name", "figure"), FIGURES.items())
def test_a_setting_starts_with_the_requests_figure(name: str, figure: int) -> None:
    assert Settings.model_fields[name].default == figure


def test_a_hold_lasts_five_minutes_unless_the_service_says_otherwise() -> None:
    assert HealthcareService.model_fields["hold_minutes"].default == 5


def test_the_database_takes_a_hundred_connections() -> None:
    assert "max_connections=100" in " ".join(server_options(port=1, fast=False))
