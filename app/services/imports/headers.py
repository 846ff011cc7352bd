"""By which names a column is recognised: English, German, Spanish, French and Arabic, without case and accents."""

HEADERS = {
    "external_number": (
        "patient number|patient id|external number|number|no|id|patientid|patient no|chart number|mrn|"
        "patientennummer|patienten nr|nummer|nr|numero de paciente|numero paciente|numero|id paciente|"
        "historia|numero de patient|numero patient|no patient|dossier|رقم المريض|الرقم|رقم الملف"
    ),
    "given_name": "given name|first name|firstname|forename|vorname|nombre|prenom|الاسم الاول|الاسم",
    "family_name": (
        "family name|last name|lastname|surname|nachname|familienname|name|apellido|apellidos|nom|"
        "nom de famille|اسم العائلة|اللقب|الكنية"
    ),
    "birth_date": (
        "birth date|date of birth|dob|birthday|born|geburtsdatum|geburtstag|geb|geb datum|"
        "fecha de nacimiento|nacimiento|date de naissance|naissance|ne le|تاريخ الميلاد|تاريخ الولادة"
    ),
    "phone": ("phone|telephone|mobile|cell|tel|telefon|handy|mobil|telefono|movil|portable|الهاتف|رقم الهاتف|الجوال"),
    "email": (
        "email|e mail|mail|email address|correo|correo electronico|courriel|adresse e mail|البريد|البريد الالكتروني"
    ),
    "address": "address|postal address|anschrift|adresse|direccion|domicilio|العنوان",
    "language": "language|sprache|idioma|lengua|langue|اللغة",
    "insurer": (
        "insurer|insurance|krankenkasse|kasse|versicherung|aseguradora|seguro|assurance|mutuelle|شركة التامين|التامين"
    ),
    "member_number": (
        "member number|insurance number|policy number|versichertennummer|versicherungsnummer|"
        "numero de afiliado|numero de poliza|numero d assure|رقم العضوية|رقم التامين"
    ),
    "alert": "alert|warning|hinweis|warnhinweis|alerta|aviso|alerte|تنبيه",
    "needs_interpreter": "interpreter|needs interpreter|dolmetscher|interprete|مترجم",
    "patient": "patient|patient name|paciente|nombre del paciente|nom du patient|patientenname|المريض|اسم المريض",
    "practitioner": (
        "practitioner|doctor|provider|clinician|physician|dr|arzt|arztin|behandler|medico|medica|doctora|"
        "profesional|medecin|praticien|docteur|الطبيب|الطبيبة|المعالج"
    ),
    "service": (
        "service|appointment type|visit type|type|reason|leistung|terminart|art|behandlung|servicio|tipo|"
        "tipo de cita|prestation|type de rendez vous|motif|الخدمة|نوع الموعد"
    ),
    "start": (
        "start|starts|start time|begin|appointment|date time|datetime|appointment date|termin|beginn|"
        "terminbeginn|inicio|cita|fecha y hora|debut|rendez vous|date et heure|الموعد|البداية|تاريخ ووقت"
    ),
    "day": "date|day|appointment day|datum|tag|fecha|dia|jour|التاريخ|اليوم",
    "time": "time|hour|uhrzeit|zeit|hora|heure|الوقت|الساعة",
    "location": (
        "location|site|clinic|branch|standort|praxis|filiale|sede|centro|ubicacion|lieu|site|cabinet|الموقع|"
        "الفرع|العيادة"
    ),
    "minutes": "minutes|duration|length|dauer|minuten|duracion|minutos|duree|المدة|الدقائق",
}
