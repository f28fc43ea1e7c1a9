"""What a verification says, in English and French; no catalogue, since strangers run it alone."""

from __future__ import annotations

from casework.audit.inspection import Problem, Remark, Report

_HEADS = {
    "en": {"ok": "VERIFIED", "bad": "NOT VERIFIED", "first": "First index that can be bad: {0}",
           "proved": "Proved:", "unproved": "Not proved:", "size": "{0} entries, root {1}"},
    "fr": {"ok": "VÉRIFIÉ", "bad": "NON VÉRIFIÉ", "first": "Premier numéro suspect : {0}",
           "proved": "Prouvé :", "unproved": "Non prouvé :", "size": "{0} actes, racine {1}"},
}  # fmt: skip
PROBLEMS = {
    "unreadable": (
        "The file {detail} is missing or cannot be read.",
        "Le fichier {detail} manque ou ne peut pas être lu.",
    ),
    "key-malformed": (
        "The key is not written as documented.",
        "La clé n’est pas écrite comme prévu.",
    ),
    "key-differs": (
        "The export names another key than the one you trust.",
        "L’export nomme une autre clé que celle à laquelle vous faites confiance.",
    ),
    "note-refused": (
        "{detail} is not signed by the key of this log, or is not a checkpoint of it.",
        "{detail} n’est pas signé par la clé de ce journal, ou n’est pas un de ses repères.",
    ),
    "note-misplaced": (
        "{detail} does not hold the checkpoint that its name promises.",
        "{detail} ne contient pas le repère que son nom annonce.",
    ),
    "entry": (
        "Entry {first} was changed, moved, deleted or added.",
        "L’acte {first} a été modifié, déplacé, supprimé ou ajouté.",
    ),
    "truncated": (
        "Entries are missing from index {first} on.",
        "Des actes manquent à partir du numéro {first}.",
    ),
    "beyond": (
        "Entries from index {first} on are not covered by the checkpoint.",
        "Les actes à partir du numéro {first} ne sont pas couverts par le repère.",
    ),
    "redaction": (
        "Entry {first} has no content, and no entry of the log says why.",
        "L’acte {first} n’a plus de contenu, et aucun acte du journal ne dit pourquoi.",
    ),
    "copy": (
        "The searchable columns of entry {first} differ from its content.",
        "Les colonnes de recherche de l’acte {first} diffèrent de son contenu.",
    ),
    "node": (
        "A stored hash over entries from index {first} on is wrong.",
        "Une empreinte gardée pour les actes à partir du numéro {first} est fausse.",
    ),
    "size": (
        "The log counts {detail} entries, but holds {first}.",
        "Le journal compte {detail} actes, mais en contient {first}.",
    ),
    "proof": (
        "The consistency proof {detail} is missing or wrong.",
        "La preuve de continuité {detail} manque ou est fausse.",
    ),
    "checkpoint-differs": (
        (
            "The log’s own checkpoint at {detail} entries does not fit: something was changed at or"
            " after index {first}."
        ),
        (
            "Le repère du journal à {detail} actes ne correspond pas : quelque chose a changé au"
            " numéro {first} ou après."
        ),
    ),
    "checkpoint-shorter": (
        (
            "The log’s own checkpoint counts {detail} entries: those from index {first} on are gone"
            " or, where their hashes were rewritten as well, earlier ones."
        ),
        (
            "Le repère du journal compte {detail} actes : ceux à partir du numéro {first} manquent"
            " ou, si leurs empreintes ont été refaites aussi, d’autres avant eux."
        ),
    ),
    "witness-differs": (
        (
            "FORK: the checkpoint you kept (at {detail} entries) shows another history, from some"
            " index at or after {first}."
        ),
        (
            "DEUX HISTOIRES : le repère que vous avez gardé (à {detail} actes) montre une autre"
            " histoire, à partir du numéro {first} ou après."
        ),
    ),
    "witness-shorter": (
        "ROLLBACK: the checkpoint you kept counts {detail} entries; here the log ends at {first}.",
        (
            "RETOUR EN ARRIÈRE : le repère que vous avez gardé compte {detail} actes ; ici, le"
            " journal s’arrête à {first}."
        ),
    ),
}
REMARKS = {
    "entries": (
        "every entry has the hash that stands in the tree, in this order, without a gap",
        "chaque acte a l’empreinte qui se trouve dans l’arbre, dans cet ordre et sans trou",
    ),
    "checkpoints": (
        "the log fits all {detail} of its own checkpoints, and their signatures",
        "le journal correspond à ses {detail} propres repères et à leurs signatures",
    ),
    "witnesses": (
        "the log continues the checkpoint that you kept ({detail} entries)",
        "le journal continue le repère que vous avez gardé ({detail} actes)",
    ),
    "truth": (
        "that what was recorded is what happened, and that nothing was left unrecorded",
        "que ce qui est noté est ce qui s’est passé, et que rien n’a été tu",
    ),
    "no-key": (
        "that the key is the programme’s own: compare it with the printed one: {detail}",
        "que la clé est bien celle du programme : comparez-la avec la clé imprimée : {detail}",
    ),
    "no-witness": (
        "that nobody was shown another history: give a checkpoint that somebody kept",
        "que personne n’a reçu une autre histoire : donnez un repère gardé par un témoin",
    ),
    "no-checkpoint": (
        "anything about signatures: no checkpoint was given out yet",
        "quoi que ce soit sur les signatures : aucun repère n’a encore été donné",
    ),
    "redacted": (
        "what these entries said, whose content was removed and whose hashes remain: {detail}",
        "ce que disaient ces actes, dont le contenu a été retiré et l’empreinte gardée : {detail}",
    ),
    "waiting": (
        "anything about {detail} entries that have no place in the tree yet",
        "quoi que ce soit sur {detail} actes qui n’ont pas encore de place dans l’arbre",
    ),
    "after": (
        "anything signed about {detail} entries after the last checkpoint",
        "rien de signé sur {detail} actes après le dernier repère",
    ),
    "unknown-file": (
        "anything about the file {detail}, which is no part of the export",
        "quoi que ce soit sur le fichier {detail}, qui ne fait pas partie de l’export",
    ),
}


def lines(report: Report, language: str = "en") -> list[str]:
    """The report as lines of text; `language` is "en" or "fr"."""
    head = _HEADS[language]
    found = [head["ok"] if report.ok else head["bad"]]
    found += [_problem(each, language) for each in report.problems]
    if report.first_bad is not None:
        found.append(head["first"].format(report.first_bad))
    found.append(head["size"].format(report.size, report.root.hex()))
    for title, remarks in (("proved", report.proved), ("unproved", report.unproved)):
        if remarks:
            found += [head[title], *(f"- {_remark(each, language)}" for each in remarks)]
    return found


def _problem(problem: Problem, language: str) -> str:
    words = PROBLEMS[problem.code][language == "fr"]
    return words.format(first=problem.first, detail=problem.detail)


def _remark(remark: Remark, language: str) -> str:
    return REMARKS[remark.code][language == "fr"].format(detail=remark.detail)
