"""Invented people: common given and family names of five languages, combined by chance."""

from random import Random

# (language, share of the patients, given names, family names)
_EN = (
    "Olivia Emma Charlotte Amelia Grace Harper Evelyn Abigail Ella Scarlett Hannah Lily Aubrey Violet Nora Hazel"
    " Lucy Ruby Ivy Alice James Henry Jack Oliver George Arthur Samuel Joseph Owen Caleb Nathan Isaac Hugh Miles"
    " Felix Julian Wesley Damian Everett Silas",
    "Smith Johnson Brown Taylor Walker Harris Clark Lewis Robinson Young King Wright Hill Scott Green Adams Baker"
    " Nelson Carter Mitchell Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers Morgan Cooper Bailey"
    " Reed Kelly Howard Ward Brooks Gray Bennett Hughes",
)
_ES = (
    "Sofía Lucía Martina Valentina Camila Elena Carmen Paula Daniela Alba Noelia Jimena Ximena Pilar Rocío Inés"
    " Mateo Santiago Diego Alejandro Javier Andrés Hugo Álvaro Joaquín Emilio Rafael Tomás Gonzalo Ramón Íñigo",
    "García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz Cruz"
    " Morales Ortiz Gutiérrez Chávez Ramos Reyes Mendoza Ruiz Álvarez Castillo Jiménez Vásquez Muñoz Núñez Peña",
)
_DE = (
    "Anna Lena Lea Johanna Clara Greta Frieda Ida Mathilda Käthe Heike Sabine Ursula Lukas Jonas Finn Leon Paul"
    " Emil Karl Jürgen Günther Björn Matthias Stefan Uwe Moritz",
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein"
    " Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Köhler Groß Weiß Jäger",
)
_FR = (
    "Chloé Camille Léa Manon Inès Jeanne Agathe Zoé Élise Margaux Hélène Solène Amélie Louis Gabriel Raphaël Jules"
    " Adrien Théo Étienne Rémi Benoît Loïc Clément François Noël",
    "Martin Bernard Dubois Durand Moreau Laurent Lefebvre Leroy Roux Fournier Girard Bonnet Lambert Fontaine"
    " Rousseau Chevalier Gauthier Perrin Mercier Renard Lefèvre Bérard Hébert Éluard Garçon Noël",
)
_AR = (
    "فاطمة مريم عائشة نور ليلى سارة هدى ياسمين سلمى رانيا دينا أمل زينب ريم محمد أحمد علي عمر يوسف إبراهيم خالد حسن"
    " كريم طارق سامي زياد مصطفى أنس",
    "الحسن العلي المصري الخطيب حداد خوري النجار السيد منصور صالح الشامي عباس حمدان ناصر الأحمد قاسم سليمان"
    " الزهراني البغدادي عثمان فارس درويش شاهين الطيب",
)
POOLS: dict[str, tuple[list[str], list[str]]] = {
    language: (given.split(), family.split())
    for language, (given, family) in {"en": _EN, "es": _ES, "de": _DE, "fr": _FR, "ar": _AR}.items()
}
SHARES = {"en": 0.46, "es": 0.26, "de": 0.09, "fr": 0.09, "ar": 0.10}
STREETS = ("Mill Lane", "Quay Street", "Orchard Road", "Ferry Street", "Weir Avenue", "Poplar Court", "Dock Square")
TOWNS = ("Rivermouth", "Northbank", "Lakeside", "Millbridge", "Ferrydale")
HISTORIES = (
    "Asthma since childhood; uses an inhaler when needed.",
    "High blood pressure, well controlled. Allergic to penicillin.",
    "Type 2 diabetes, diet and metformin.",
    "Knee replacement on the left side. No allergies known.",
    "Hay fever. Needs an interpreter for longer talks.",
    "Migraine. Prefers appointments in the morning.",
)


def language(chance: Random) -> str:
    """Return one of the five languages by its share."""
    return chance.choices(list(SHARES), weights=list(SHARES.values()))[0]


def full_name(chance: Random, *, of: str) -> tuple[str, str]:
    """Return a given and a family name of a language."""
    given, family = POOLS[of]
    return chance.choice(given), chance.choice(family)
