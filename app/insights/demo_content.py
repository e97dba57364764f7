"""The first act of the demonstration: content is imported, reviewed, signed, published; some pieces are on their way."""

from datetime import datetime, timedelta

from app.accounts.model import Role
from app.authoring import operations as authoring
from app.authoring.content_files import ContentFile, read_paths
from app.authoring.model import Imported
from app.authoring.operations import ImportSenders, ImportSource
from app.checks import operations as checks
from app.checks.linting import active_packs
from app.checks.model import CheckContext
from app.insights.demo_stage import CONTENT, RULES, Play
from app.kernel.errors import Untrustworthy
from app.publishing import operations as publishing
from app.publishing.model import RECALL_ACT, Publication
from app.review import operations as review
from app.review.model import MEANING_OF_ROLE, SIGN_ACT, Round, ThreadKind
from app.review.policies import load_policies
from app.storage.keys import ORGANISATION_KEY

SIGNERS = {Role.MEDICAL: "mara", Role.LEGAL: "lev", Role.COMPLIANCE: "cora"}
BENS_FOLDERS = ("newsletter", "referral-partner")
USUAL = timedelta(days=150)
ENDS = {"mri-prep-2": timedelta(days=12), "ct-prep-1": timedelta(days=-1), "newsletter-autumn": timedelta(days=25)}
"""When a publication ends, counted from now; the others end after ``USUAL`` or at their policy's limit."""
SENT_BACK = "skin-consult-page"
RECALLED = "skin-consult-email"
RENEWED = "partner-programme-update"
_AUTHOR_OF_NEXT = "ben"

OVER_CLAIMING = b"""---
id: open-scanner-draft
title: "The open scanner (first try)"
type: email
audience: patients
lead_type: patient
purpose: education
stage: consideration
locale: en-US
owner: max@northgate.example.org
review_every_days: 180
sender: northgate-care
subject: "Our open scanner"
preheader: "A calmer visit"
cta:
  label: Ask about the open scanner
  url: https://northgate.example.org/visits/open-scanner
jurisdictions: [US]
service_line: imaging
fallbacks:
  first_name: there
---
# Our open scanner

Hello {{ first_name }},

Our open scanner is completely safe and has no side effects. Results are guaranteed, and the visit is painless.

## Your next step

Ask us whether the open scanner suits you.
"""


class Library:
    """What was imported and published, by the key of the piece."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self.imported: dict[str, Imported] = {}
        self.publications: dict[str, Publication] = {}
        self._packs = active_packs(RULES)
        self._policies = load_policies(RULES / "approval_policies.yml")
        self._key = play.stage.keys.signing_key(ORGANISATION_KEY)

    def build(self) -> None:
        """Import everything, take it through review, publish it, and leave some of it on the way."""
        for file in read_paths([CONTENT]).files:
            self._import(file)
        self._play.wait(days=1)
        authors = {key: self._author(found.version.origin) for key, found in self.imported.items()}
        for key in sorted(self.imported):
            if key == SENT_BACK:
                self._send_back(key, authors[key])
            else:
                self._approve_and_publish(key, authors[key])
        self._recall()
        self._over_claim()

    def _over_claim(self) -> None:
        """A draft that the rules block, with its report, so that the page has something to show."""
        play = self._play
        draft = self._import_source("ada", ImportSource(OVER_CLAIMING, "drafts/open-scanner-draft.md")).version
        report = checks.check_source(OVER_CLAIMING.decode(), CheckContext(on=play.at.date().isoformat()), self._packs)
        ada, ids = play.actors["ada"], play.stage.ids
        play.act(lambda uow: checks.record_report(uow, draft, report, actor=ada, now=play.at, ids=ids))

    def _import(self, file: ContentFile) -> None:
        play = self._play
        if file.is_senders:
            senders = ImportSenders(file.data, file.origin)
            nora = play.actors["nora"]
            play.act(lambda uow: authoring.import_senders(uow, senders, actor=nora, now=play.at))
        else:
            self._import_source(self._author(file.origin), ImportSource(file.data, _short(file.origin)))

    def _import_source(self, who: str, source: ImportSource) -> Imported:
        play = self._play
        made = play.act(
            lambda uow: review.import_content(uow, source, actor=play.actors[who], now=play.at, ids=play.stage.ids)
        )
        self.imported[made.item.key] = made
        return made

    def _author(self, origin: str) -> str:
        return "ben" if any(f"{folder}/" in origin for folder in BENS_FOLDERS) else "ada"

    def _submit(self, key: str, who: str, note: str) -> Round:
        play = self._play
        command = review.Submit(self.imported[key].version.id, note, self._packs, self._policies)
        return play.act(
            lambda uow: review.submit(uow, command, actor=play.actors[who], now=play.at, ids=play.stage.ids)
        )

    def _sign(self, round_: Round, role: Role) -> Round:
        play, who, meaning = self._play, SIGNERS[role], MEANING_OF_ROLE[role].value
        play.wait(minutes=17)
        step_up = play.confirmed(who, SIGN_ACT, round_.closure_root, meaning)
        command = review.Sign(round_.id, round_.closure_root, round_.report_digest, role, step_up)
        stage = play.stage
        return play.act(
            lambda uow: review.sign(
                uow, command, actor=play.actors[who], now=play.at, ids=stage.ids, tokens=stage.tokens, key=self._key
            )
        )

    def _approve_and_publish(self, key: str, author: str) -> None:
        play = self._play
        round_ = self._submit(key, author, "First version for review.")
        for role in sorted(round_.required):
            round_ = self._sign(round_, role)
        until = min(play.now + ENDS.get(key, USUAL), play.at + timedelta(days=round_.max_valid_days))
        self.publications[key] = self._publish(round_, until)

    def _publish(self, round_: Round, until: datetime) -> Publication:
        play, command = self._play, publishing.Publish(round_.id, self._play.at, until)
        return play.act(
            lambda uow: publishing.publish(uow, command, actor=play.actors["max"], now=play.at, ids=play.stage.ids)
        )

    def _send_back(self, key: str, author: str) -> None:
        play, ids = self._play, self._play.stage.ids
        round_ = self._submit(key, author, "A page for people who ask about a first talk.")
        quote, prefix, suffix = _first_sentence(self.imported[key].version.source.decode("utf-8"))
        thread = review.OpenThread(
            round_.id, ThreadKind.MUST, quote, "Say who decides whether a treatment is suitable.", prefix, suffix
        )
        play.wait(hours=3)
        play.act(lambda uow: review.open_thread(uow, thread, actor=play.actors["mara"], now=play.at, ids=ids))
        end = review.EndRound(round_.id, "See the comment; the rest reads well.")
        play.act(lambda uow: review.request_changes(uow, end, actor=play.actors["mara"], now=play.at, ids=ids))

    def _recall(self) -> None:
        play, publication = self._play, self.publications[RECALLED]
        play.wait(days=6)
        step_up = play.confirmed("cora", RECALL_ACT, publication.closure_root, RECALL_ACT)
        command = publishing.Recall(publication.id, "The price list behind the button changed.", step_up)
        play.act(lambda uow: publishing.recall(uow, command, actor=play.actors["cora"], now=play.at))

    def renew(self) -> None:
        """A second version of a piece that is live, changed in a few words, with a question from a reviewer; left open."""
        play, before = self._play, self.imported[RENEWED].version
        play.until(play.now - timedelta(hours=20))
        text = before.source.decode("utf-8")
        head, body = text.rsplit("\n---\n", 1)
        changed = body.rstrip("\n") + "\n\nThe referral desk now answers on Saturday mornings too.\n"
        self._import_source(_AUTHOR_OF_NEXT, ImportSource(f"{head}\n---\n{changed}".encode(), before.origin))
        round_ = self._submit(RENEWED, _AUTHOR_OF_NEXT, "One new line: the desk answers on Saturdays.")
        question = review.OpenThread(
            round_.id,
            ThreadKind.QUESTION,
            "answers on Saturday mornings",
            "From which date? Name it if it is not yet so.",
            "The referral desk now ",
            " too.",
        )
        cora = play.actors["cora"]
        play.act(lambda uow: review.open_thread(uow, question, actor=cora, now=play.at, ids=play.stage.ids))


def _short(origin: str) -> str:
    return origin.split("/content/", 1)[-1]


def _first_sentence(text: str) -> tuple[str, str, str]:
    """Some words of the body, with what stands around them."""
    lines = [
        line for line in text.rsplit("\n---\n", 1)[-1].splitlines() if line and not line.startswith(("#", "-", "Hello"))
    ]
    if not lines:
        raise Untrustworthy("A piece of the demonstration has no sentence to comment on.")
    quote = lines[0][:80]
    place = text.index(quote)
    return quote, text[max(0, place - 40) : place], text[place + len(quote) :][:40]
