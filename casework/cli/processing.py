"""Writes the register of processing from what the program declares: docs/register-of-processing.md.

`flask --app casework processing > docs/register-of-processing.md`; a test compares both. It is in
French: it is for the data protection authority and for the people who run the service in Mali.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click
from flask_babel import force_locale
from sqlalchemy.orm import Session

from casework.cases.fields import FIELDS, PURPOSES, Purpose, Section
from casework.cli.ground import on_database
from casework.consent.recipients import CODE_OF_SECTION, section_label
from casework.rights.retention import PROPOSED

SENSITIVE: Mapping[Section, str] = {
    Section.FACTS: "infractions subies, vie sexuelle",
    Section.HEALTH: "santé",
    Section.PERPETRATOR: "infractions d’une autre personne",
    Section.LEGAL: "procédures judiciaires",
    Section.ATTACHMENTS: "selon la pièce : santé, infractions",
    Section.NOTES: "selon le texte",
}
"""Categories of sensitive data of loi 2013-015 that may stand in a section."""

HEAD = """# Registre des traitements

Fait par `flask --app casework processing` à partir des champs que le programme déclare ; ne pas
modifier ici. Loi 2013-015 du 21 mai 2013 sur la protection des données à caractère personnel.
Responsable, adresse, numéro de déclaration ou d’autorisation : à compléter dans
[le dossier pour l’APDP](apdp-file.md).

## 1. Les dossiers des personnes aidées

- **Personnes** : la personne qui demande de l’aide, les autres bénéficiaires du dossier, les
  enfants ; une autre personne seulement si elle est nommée dans le récit.
- **Base** : le consentement de la personne, question par question ; pour un enfant, son assentiment
  et l’accord du parent ou du tuteur, ou la décision de deux agents. Sans oui, il n’y a pas de
  dossier.
- **Destinataires** : l’équipe qui reçoit la personne ; un partenaire nommé, pour les parties que la
  personne a acceptées, jusqu’à la fin du référencement. Personne d’autre, pas même
  l’administrateur, le responsable ou le bailleur.
- **Sécurité** : chaque partie est chiffrée avec sa propre clé ; les clés sont celles des membres de
  l’équipe. Chaque lecture est notée dans le journal d’accès.
- **Jamais demandé** : orientation sexuelle, identité de genre, opinion, ethnie.
"""
COLUMNS = """| partie du dossier | données | pourquoi | données sensibles |
|---|---|---|---|"""
OTHERS = """
## 2. Les comptes des personnes qui travaillent avec le service

Nom, nom de connexion, fonction, équipe. Base : le contrat ou la convention. Visibles par l’équipe
et l’administrateur. Gardés tant que le compte existe ; le nom de connexion reste dans le journal.

## 3. Le journal d’accès

Qui a fait quoi, à quelle heure. Aucun nom de personne aidée, aucun contenu de dossier. Base :
l’obligation de sécurité. Lu par l’auditeur. Le contenu des actes peut être retiré après trois ans ;
leur empreinte reste, pour prouver que rien n’a été changé.

## 4. Les statistiques

Des chiffres d’un trimestre clos, arrondis, sans nom, seulement pour les personnes qui ont dit oui à
cette question. Vus par le responsable et le bailleur. Gardés sans limite : ce ne sont plus des
données personnelles.

## 5. L’annuaire des prestataires

Services, horaires, numéros de téléphone professionnels. Vu par toutes les équipes. Gardé tant que
le prestataire travaille avec le programme.

## 6. Les visites sans dossier

Un nombre par mois, commune et besoin. Aucune identité.

## 7. Les sauvegardes

Copies chiffrées du reste, en deux moitiés gardées à part. Ce qui est effacé du service disparaît
aussi des sauvegardes quand leur temps est passé (voir [operations.md](operations.md)).
"""


@click.command("processing")
@on_database
def command(_session: Session) -> None:
    """Prints the register of processing, in French."""
    click.echo(page(), nl=False)


def page() -> str:
    """The whole text of `docs/register-of-processing.md`; needs the application's catalogues."""
    with force_locale("fr"):
        rows = [row(section) for section in Section if section in CODE_OF_SECTION]
        return "\n".join([HEAD, COLUMNS, *rows, "", *keeping(), OTHERS.lstrip("\n")])


def row(section: Section) -> str:
    """One section: its fields, why each kind is asked, and what in it is sensitive."""
    own = [declared for declared in FIELDS if declared.section == section]
    names = ", ".join(dict.fromkeys(str(declared.label) for declared in own))
    purposes = dict.fromkeys(declared.purpose for declared in own)
    why = " ; ".join(str(PURPOSES[Purpose(one)]) for one in purposes)
    cells = (section_label(section, "fr"), names, why, SENSITIVE.get(section, "non"))
    return f"| {' | '.join(cells)} |"


def keeping() -> Iterator[str]:
    """How long a file is kept, in the words of the rule of `rights.retention`."""
    yield "**Durée.** Un dossier ouvert est gardé tant qu’on y travaille. Après la clôture :"
    yield ""
    yield f"- {PROPOSED['closed']} mois ;"
    yield f"- état civil, terre, héritage : {PROPOSED['papers']} mois ;"
    yield f"- enfant : jusqu’à ses {PROPOSED['child']} ans ;"
    yield f"- doublon : {PROPOSED['duplicate']} mois ;"
    yield "- tant qu’un juge ou un procureur n’a pas décidé : pas d’effacement."
    yield ""
    yield "La plus longue de ces durées vaut. La personne peut demander l’effacement avant."
    yield ""
