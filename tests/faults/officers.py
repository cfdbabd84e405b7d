"""Officers, who answer; and approvers, who also submit and withdraw."""

from surveys.questionnaire import Section
from tests.faults.client import Answer, Broken, Fields, Page
from tests.faults.ledger import Save, Step
from tests.faults.people import Person, Scene, Stopped, body_path, form_with, subject
from tests.faults.typing import MARKED, is_empty, on_page, type_in
from tests.faults.world import DELEGATED, KIND, Place


class Officer(Person):
    """Opens a section, types, and saves: while typing, by a button, and again after a failure as the page does."""

    def __init__(self, scene: Scene, sign_in_id: str, seed: int, place: Place) -> None:
        super().__init__(scene, sign_in_id, seed)
        self.place, self.turn = place, 0

    def act(self) -> None:
        self.answer(self.rng.choice(self.scene.questionnaire.sections_for(KIND)))

    def answer(self, section: Section) -> None:
        """A while at a section."""
        page: Page | None = self.page(body_path(self.place, section.id))
        for _ in range(self.rng.randint(1, 4)):
            if page is None or not page.questions:  # it can only be read now
                return
            page = self.save(section, page)
            self.rest(0.0, 0.05)

    def save(self, section: Section, page: Page) -> Page | None:
        """Type and save; returns the page as it is then."""
        there = on_page(section, page.questions)
        empty = [id for id in there if is_empty(section, id, page.questions)]
        marked = [id for id in there if id in MARKED]
        ids = empty or self.rng.sample(marked, self.rng.randint(1, len(marked)))
        live = self.rng.random() < 0.75
        fields = {**page.questions}
        save = self._typed(section, ids, fields)
        for _ in range(400):
            try:
                self.scene.ledger.send(save)
                answer = self._send(section, fields, live)
            except Broken:
                answer = None
            if answer and answer.status < 500:
                return self._told(section, save, self._looked_at(answer, f"save {section.id}"), fields)
            self.rest(0.05, 0.5)
            if self.rng.random() < 0.4:  # goes on typing meanwhile
                save = self._typed(section, ids, fields)
        raise Stopped(f"{self.sign_in_id}: a save is not answered any more")

    def _typed(self, section: Section, ids: list[str], fields: Fields) -> Save:
        number = self.scene.ledger.next_number()
        changes = type_in(section, ids, number, fields)
        marked = frozenset(MARKED.intersection(ids))
        save = Save(number, self.sign_in_id, subject(self.place, section.id), changes, marked)
        self.scene.ledger.begin(save)
        return save

    def _send(self, section: Section, fields: Fields, live: bool) -> Answer:
        form = self.in_turn(fields) if live else {**fields, "then": [self.rng.choice(["", "next"])]}
        return self.client.post(body_path(self.place, section.id), form, live=live)

    def in_turn(self, fields: Fields) -> Fields:
        """With the number of the save, which the page's script adds."""
        self.turn += 1
        return {**fields, "page": [f"{fields['page'][0]}.{self.turn}"]}

    def _told(self, section: Section, save: Save, answer: Answer, fields: Fields) -> Page | None:
        """What the page does with the answer to a save (surveys/static/surveys/live.js)."""
        if answer.status == 302 or answer.redirect:
            save.acknowledged = "/accounts/" not in answer.location
            return None
        if answer.status not in (200, 409):
            return None
        page = answer.page
        save.acknowledged = answer.status == 200 and not page.unsaved & save.changes.keys()
        if not page.state or page.state == "refused" or self.rng.random() < 0.5:
            return page if save.acknowledged else None
        return self._decide(section, save, page)

    def _decide(self, section: Section, save: Save, page: Page) -> Page | None:
        """Somebody else has answered the same question meanwhile: keep one's own answer."""
        mine = {f"resolve|{id}": ["mine"] for id in save.changes if f"conflict|{id}" in page.questions}
        self.scene.ledger.send(save)
        form = {**self.in_turn(page.questions), **mine, "then": [""]}
        answer = self.insist("POST", body_path(self.place, section.id), form, live=True)
        found = answer.page if answer.status == 200 else None
        save.acknowledged = found is not None and not found.state and not found.unsaved & save.changes.keys()
        return found if save.acknowledged else None


class Delegate(Officer):
    """Holds one section, and says that it is finished."""

    def act(self) -> None:
        section = self.scene.questionnaire.section_by_id[DELEGATED]
        self.answer(section)
        page = self.page(body_path(self.place, section.id))
        if page.questions and self.rng.random() < 0.5:
            form = {**self.in_turn(page.questions), "then": ["finish"]}
            if self.insist("POST", body_path(self.place, section.id), form, live=True).redirect:
                self.scene.ledger.done(Step("delegation.finished", subject(self.place, section.id)))


class Approver(Officer):
    """Answers too; submits what is complete, at times twice, and at times takes it back."""

    def act(self) -> None:
        if self.rng.random() < 0.5:
            super().act()
        else:
            self.submit()
        if self.rng.random() < 0.3:
            self.withdraw()

    def submit(self) -> None:
        form = form_with(self.page(body_path(self.place, "review")), "reviewed")
        if not form:
            return
        answer = self.insist("POST", body_path(self.place, "submit"), form)
        if self.rng.random() < 0.2:
            answer = self.insist("POST", body_path(self.place, "submit"), form)
        if answer.status == 302:
            self.look_at_receipt(submitted=True)

    def look_at_receipt(self, *, submitted: bool) -> None:
        page = self.page(body_path(self.place, "receipt"))
        receipt = page.html.partition('class="receipt-number">')[2].partition("<")[0].strip()
        self.scene.ledger.shown(receipt, page.fingerprint, submitted=submitted)

    def withdraw(self) -> None:
        answer = self.client_get_quietly(body_path(self.place, "withdraw"))
        form = form_with(answer.page, "receipt") if answer else None
        if form and self.insist("POST", body_path(self.place, "withdraw"), form).status == 302:
            self.scene.ledger.done(Step("response.withdrawn", subject(self.place), form["receipt"][0]))
            self.look_at_receipt(submitted=False)

    def client_get_quietly(self, path: str) -> Answer | None:
        """A page that is not found before the first submission."""
        try:
            answer = self.client.get(path)
        except Broken:
            return None
        return answer if answer.status == 200 else None


class Reviewer(Person):
    """The ministry: accepts and sends back what is submitted."""

    def act(self) -> None:
        place = self.rng.choice(self.scene.places)
        here = f"/admin/surveys/response/{place['pk']}"
        if self.rng.random() < 0.4:
            form = form_with(self.page(f"{here}/change/"), f"seen.{place['pk']}", "/step/accept/")
            if form:
                self._take(place, "accept", "response.accepted", form)
        else:
            form = form_with(self.page(f"{here}/step/send_back/"), "reason")
            if form and f"seen.{place['pk']}" in form:
                self._take(
                    place, "send_back", "response.returned", {**form, "reason": ["数をもう一度確かめてください。"]}
                )
        self.rest(0.05, 0.3)

    def _take(self, place: Place, step: str, kind: str, form: Fields) -> None:
        here = f"/admin/surveys/response/{place['pk']}"
        answer = self.insist("POST", f"{here}/step/{step}/", form)
        if answer.status == 302 and "を済ませました" in self.page(f"{here}/change/").html:
            self.scene.ledger.done(Step(kind, subject(place), counted=True))
