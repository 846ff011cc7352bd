"""What stands in the demonstration's files: invented by hand, plain, and of nobody."""

from typing import NamedTuple

from app.services.prescriptions.fields import PrescriptionFields


class Consultation(NamedTuple):
    """What a practitioner wrote after a visit, and what they ordered."""

    note: str
    order: PrescriptionFields | None = None


CONSULTATIONS = (
    Consultation(
        "Blood pressure at home 146/92 over a week. Heart and lungs without findings. Begins with amlodipine, "
        "measures twice a day and brings the list.",
        PrescriptionFields(
            *("Amlodipine", "5 mg, one tablet", "Once a day, in the morning", "30 days"),
            advice="Swollen ankles can come of it: call if they do not go away.",
        ),
    ),
    Consultation(
        "Type 2 diabetes: HbA1c 6.9 %. Feet without findings, eyes seen in spring. Metformin stays as it is.",
        PrescriptionFields("Metformin", "850 mg, one tablet", "Twice a day, with meals", "90 days"),
    ),
    Consultation(
        "Low back pain since lifting boxes, no numbness, reflexes equal. Stays in motion; physiotherapy if it lasts "
        "longer than two weeks.",
        PrescriptionFields(
            *("Ibuprofen", "400 mg, one tablet", "Up to three times a day, after food", "7 days"),
            advice="Stop and call if the stomach hurts.",
        ),
    ),
    Consultation(
        "Check-up without findings. 74 kg, blood pressure 124/78. Vaccinations complete; blood count in a year."
    ),
    Consultation(
        "Migraine about twice a month, light hurts. Keeps a diary. Sumatriptan at the first sign helps.",
        PrescriptionFields(
            "Sumatriptan", "50 mg, one tablet", "At the first sign, once more after two hours", "6 tablets"
        ),
    ),
    Consultation(
        "Hay fever since April, mostly in the evening. No asthma. Nasal spray until the season is over.",
        PrescriptionFields("Fluticasone nasal spray", "1 spray each side", "Once a day, in the morning", "60 days"),
    ),
    Consultation("Cough for nine days, no fever, chest clear. No antibiotic needed. Comes back if short of breath."),
)
RENEWED = (
    PrescriptionFields("Ramipril", "5 mg, one tablet", "Once a day, in the morning", "90 days"),
    PrescriptionFields("Levothyroxine", "75 micrograms, one tablet", "Half an hour before breakfast", "90 days"),
    PrescriptionFields("Salbutamol inhaler", "1 to 2 puffs", "When breath is short", "1 inhaler"),
)
BEFORE_THE_DOCTOR = "Blood pressure 128/82, pulse 72, temperature 36.8 °C, 71 kg."
AT_HOME = "Picture and sound are good. Measured at home this morning: 132/84."
NURSING = (
    "Blood taken from the left arm without difficulty; sent to the laboratory.",
    "Dressing changed, wound clean and dry. Next change in three days.",
    "Blood pressure 138/86, pulse 80. Asks about a sick note; told to ask the doctor.",
    "Temperature 38.2 °C, throat red. Given water and a bed until the doctor came.",
)
DESK = (
    "Call after four in the afternoon.",
    "Brings a walking frame: a room near the entrance.",
    "The daughter may be told the times of appointments.",
)
# What the desk has written down of those who come around now, one after the other.
DETAILS: tuple[dict[str, str], ...] = (
    {"alert": "Allergic to penicillin.", "insurer": "Rivermouth Health Plan", "member_number": "RHP 204 771 90"},
    {"insurer": "Northbank Mutual", "member_number": "NM-55-018-442"},
    {"alert": "Latex allergy: no latex gloves."},
    {"alert": "Hard of hearing: speak to the left side.", "insurer": "Lakeside Care", "member_number": "LC 90 4471"},
    {"insurer": "Rivermouth Health Plan", "member_number": "RHP 118 203 45"},
    {"alert": "Faints when blood is taken: lie down first."},
)
# By language, as somebody may be called who fits on no card.
LONG_NAMES = {
    "es": ("María del Carmen Guadalupe", "Fernández de la Ribera y Álvarez del Castillo"),
    "de": ("Karl-Friedrich Maximilian", "Freiherr von Lindenau-Hohenbrück"),
    "ar": ("عبد الرحمن", "بن عبد العزيز الشامي البغدادي"),
}
REFERRAL = (
    "REFERRAL",
    "To: Cardiology, Riverside Clinics, Bridge Street",
    "From: Dr. Eleanor Finch, Family medicine",
    "",
    "Shortness of breath on the stairs for six weeks, no chest pain.",
    "Blood pressure 142/88, pulse 76, regular. ECG without findings.",
    "Please assess by ultrasound of the heart.",
)
RESULT = (
    "LABORATORY REPORT",
    "Rivermouth Laboratory, 3 Quay Street",
    "",
    "Haemoglobin          13.9 g/dl      (12.0 - 16.0)",
    "White cells           6.4 /nl       (4.0 - 10.0)",
    "HbA1c                 5.6 %         (below 5.7)",
    "Creatinine            0.8 mg/dl     (0.5 - 0.9)",
)
