"""A recovery paper as a page of its own: words, a QR code, and what its keeper must know. It needs
nothing but a browser and a printer."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from casework.vault.offline import LABEL
from casework.vault.recovery import PAPERS, Share, recovery_words, share_words
from casework.web.qr import drawn

PAGE = Markup(
    """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Papier {number}</title><style>
body{{font:16px/1.5 sans-serif;max-width:42em;margin:2em auto;padding:0 1em}}
ol{{columns:4;padding:0 0 0 2em;border:1px solid}}ol.six{{columns:3;border:0}}li{{margin:.2em 0}}
svg{{width:11em;height:11em;float:right}}@media print{{body{{margin:0;font-size:12px}}}}
</style></head><body>
<h1>Papier de secours {number} sur 3</h1>
<p>Fait le {made}. Gardien : ______________________________</p>
<p>Les six mots de cette clé, à lire à voix haute quand un superviseur les demande :</p>
<ol class="six">{six}</ol>
{code}
<h2>Les 48 mots de ce papier : ne jamais les dire à personne, ne jamais les photographier</h2>
<ol>{words}</ol>
<h2>À savoir</h2>
<ul>
<li>Il y a trois papiers. Deux ensemble ouvrent tous les dossiers ; un seul n’ouvre rien.</li>
<li>Chaque papier a son gardien et son lieu, hors de la région, jamais deux au même endroit.</li>
<li>Une fois par an, le gardien vérifie son papier (docs/recovery.md, « Yearly check »).</li>
<li>Perdu, vu par quelqu’un, ou le gardien part : prévenir tout de suite ; on refait les trois.</li>
</ul>
<p lang="en">Recovery paper {number} of 3. Two papers together open every file, one opens nothing.
Never read the 48 words aloud, never photograph them. See docs/recovery.md.</p>
</body></html>
"""
)


def pages(shares: tuple[Share, Share, Share], public: bytes, made: date) -> dict[int, str]:
    """The three papers by number, each a whole HTML page."""
    return {number: page(shares[number - 1], public, made) for number in PAPERS}


def page(share: Share, public: bytes, made: date) -> str:
    """One paper."""
    words = share_words(share)
    text = f"{LABEL} {share.number} {' '.join(words)}"
    return PAGE.format(
        number=share.number,
        made=made.strftime("%d/%m/%Y"),
        six=items(recovery_words(public)),
        words=items(words),
        code=drawn(text),
    )


def items(words: tuple[str, ...]) -> Markup:
    """The words as items of a numbered list."""
    return Markup("").join(Markup("<li><b>{}</b></li>").format(word) for word in words)
