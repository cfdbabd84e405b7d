/* Saving while typing. The server decides everything: each save posts the section's form and takes back the page as it
   is now (#desk), which is morphed into place. Here is only when to save, what must not be overwritten meanwhile, and
   what to say and do when a save fails. Without this script the form works by its buttons. */
(() => {
  const PAUSE = 400; // ms after the last key
  const RETRY = [3, 6, 12, 30]; // s between attempts
  const SPEAK = 10; // s between two announcements

  const desk = () => document.getElementById("desk");
  const form = () => document.getElementById("questions");
  const words = document.getElementById("live").dataset;
  const question = (node) => node.closest?.("#questions .question");
  const block = (id) => document.getElementById(id);

  let changed = new Set(); // questions changed since the last save began
  let sent = new Set(); // questions changed in the save on its way
  let failure = ""; // why nothing can be saved: offline, signed-out, gone, refused
  let since = "";
  let attempts = 0;
  let goal = ""; // where to go once all is saved
  let leaving = false;
  let turn = 0; // the number of the save: one that was held up on its way must not come over a later one
  let current = null; // the request of the save on its way
  let again = false; // whether another save is wanted after it
  let held = null; // the press that waits for it to end
  let button = null; // the button that asked for the last save, if one did
  let answered = false; // whether the last save was answered with the page
  let before = []; // the numbers of the questions before it
  const told = new Set(); // what was said of other people's answers
  let timer;

  const kept = () => [...document.querySelectorAll("#questions .question[data-unsaved]")].map((found) => found.id);
  const unsaved = () => new Set([...changed, ...sent, ...kept()]);
  const clock = () => new Date().toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" });

  // When to save

  function save(delay = 0) {
    clearTimeout(timer);
    timer = setTimeout(() => (current ? (again = true) : form() && htmx.trigger(form(), "save")), delay);
  }

  // One save at a time, in a queue of our own: htmx keeps its queue at the form, and empties it when it sets the form up
  // anew, which it does a moment after a swap if the form's attributes (the class of a request, say) have changed.
  function next() {
    if (current || !form()) return;
    if (held) form().requestSubmit();
    else if (again) htmx.trigger(form(), "save");
  }

  function edited(event) {
    const found = question(event.target);
    if (!found || event.target.name.startsWith("resolve|") || failure === "refused") return;
    changed.add(found.id);
    Draft.keep(desk(), found);
    if (failure) show();
    else save(PAUSE);
  }

  document.addEventListener("input", edited);
  document.addEventListener("focusout", (event) => {
    if (changed.size && !failure && !Draft.isMark(event.target)) save();
  });

  // A press saves what was typed too.
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form()) return;
      clearTimeout(timer);
      if (!current) return;
      event.preventDefault();
      event.stopPropagation();
      held = event.submitter;
    },
    true,
  );

  document.addEventListener("stale", () => !failure && save()); // somebody else has saved: a save takes it in

  // The save itself

  const isSave = ({ detail }) => (detail.requestConfig || detail).elt === form();
  const numbers = () => [...document.querySelectorAll("#questions .q-number")].map((found) => found.textContent);
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1];

  document.addEventListener("htmx:configRequest", (event) => {
    if (!isSave(event)) return;
    const { parameters, triggeringEvent } = event.detail;
    button = triggeringEvent?.type === "submit" ? triggeringEvent.submitter || held : null;
    // Signing in again elsewhere gives a new token.
    parameters.csrfmiddlewaretoken = cookie(words.cookie) || parameters.csrfmiddlewaretoken;
    parameters.page = `${parameters.page}.${++turn}`;
    // htmx takes the button in focus for pressed. A choice between two answers counts when a button is pressed.
    const typed = new FormData(form());
    const isButton = (name) => !typed.has(name) || (!button && name.startsWith("resolve|"));
    Object.keys(parameters).filter(isButton).forEach((name) => delete parameters[name]);
    if (button) parameters[button.name] = button.value;
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "presence" && document.hidden) event.preventDefault();
    if (!isSave(event)) return;
    clearTimeout(timer);
    current = event.detail.xhr;
    again = false;
    held = null;
    sent = new Set([...sent, ...changed]);
    changed = new Set();
    answered = false;
    if (!failure) say(words.saving);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr !== current) return;
    current = null;
    setTimeout(next); // htmx has not let go of this request yet
  });

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (isSave(event) && event.detail.xhr.getResponseHeader("HX-Redirect")) saved();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isSave(event)) return;
    // Anything else, such as a page of a proxy, is no answer to a save.
    answered = event.detail.xhr.response.trimStart().startsWith('<div id="desk"');
    event.detail.shouldSwap = answered;
    event.detail.isError = !answered;
    before = numbers();
  });

  // What was changed since the save began stays; its basis moves on, unless the stored answer is somebody else's.
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
    if (!(old instanceof Element) || !old.matches("#questions .question") || !changed.has(old.id)) return true;
    if (!("theirs" in fresh.dataset)) Draft.basis(old).value = Draft.basis(fresh).value;
    return false;
  };
  Idiomorph.defaults.callbacks.beforeNodeRemoved = (old) =>
    !(old instanceof Element) || (!changed.has(old.id) && !old.matches(".is-merged"));
  // An opened term stays open, and what was picked between two answers stays picked.
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && node.tagName === "DETAILS") && !(name === "checked" && node.name?.startsWith("resolve|"));
  Idiomorph.defaults.ignoreActiveValue = true;

  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (!isSave(event) || !answered) return;
    saved();
    // What is not stored yet is kept against what the page knows now.
    [...changed, ...kept()].map(block).filter(Boolean).forEach((found) => Draft.keep(desk(), found));
    document.title = desk().dataset.title.replace(/\s+/g, " ").trim();
    if (desk().dataset.state === "refused") fail("refused");
    else tell();
    if (button) {
      document.querySelector(".box-summary, .has-conflict input[type=radio]")?.focus();
      stay();
    }
    // Beside a conflict that has just come up nothing was saved: save the rest.
    const open = kept().filter((id) => !block(id).querySelector('input[name^="conflict|"]'));
    if (changed.size || (desk().dataset.state === "conflict" && open.length)) save(PAUSE);
    else if (goal && !unsaved().size) location.assign(goal);
    else goal = "";
  });

  // A button of last year's answer goes with the press: the one that comes in its place takes the focus.
  function stay() {
    if (button.isConnected || !["same", "unsame"].includes(button.name)) return;
    block(`${button.value.split("|")[0]}.question`)?.querySelector(".earlier button")?.focus();
  }

  function saved() {
    Draft.forget(desk(), [...sent].filter((id) => !changed.has(id) && !kept().includes(id)));
    sent = new Set();
    failure = "";
    attempts = 0;
    show();
  }

  function tell() {
    const after = numbers();
    const list = (found, sentence) => (found.length ? [sentence.replace("{}", found.join("、"))] : []);
    const merged = [...document.querySelectorAll(".is-merged")].map((found) => found.textContent.trim());
    const spoken = [
      ...list(after.filter((number) => !before.includes(number)), words.added),
      ...list(before.filter((number) => !after.includes(number)), words.removed),
      ...merged.filter((text) => !told.has(text)),
    ];
    merged.forEach((text) => told.add(text));
    speak([...spoken, document.querySelector(".bar-state").textContent.trim()].join(" "), spoken.length > 0);
  }

  // When a save fails

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => isSave(event) && fail("offline"));
  }
  document.addEventListener("htmx:responseError", (event) => {
    if (!isSave(event)) return;
    const reasons = { 401: "signed-out", 404: "gone" };
    fail(reasons[event.detail.xhr.status] || "offline");
  });

  function fail(reason) {
    changed = new Set([...changed, ...sent]);
    sent = new Set();
    goal = "";
    since = failure ? since : clock();
    if (!unsaved().size && !failure && !button) return say(words.ready);
    const isNew = failure !== reason;
    failure = reason;
    show();
    if (isNew) speak(document.querySelector(".bar-state").textContent, true);
    if (reason === "offline") save(1000 * RETRY[Math.min(attempts++, RETRY.length - 1)]);
  }

  addEventListener("online", () => failure === "offline" && save());
  document.addEventListener("visibilitychange", () => {
    // Perhaps the person has signed in again in another tab.
    if (!document.hidden && failure && failure !== "refused") save();
  });

  // What the page shows while something is not saved

  const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  function say(text) {
    const place = document.querySelector(".bar-state");
    if (place) place.textContent = text;
  }

  function show() {
    document.querySelectorAll(".q-unsaved").forEach((note) => note.remove());
    const place = document.getElementById("trouble");
    place.replaceChildren();
    if (!failure) return;
    const count = unsaved().size;
    // Why it was refused, the server has said there.
    if (failure !== "refused") document.querySelector(".bar-state").replaceChildren(copyOf(`live-bar-${failure}`));
    document.querySelectorAll(".bar-state .count").forEach((found) => (found.textContent = count));
    const box = copyOf(`live-box-${failure}`);
    box.querySelectorAll(".since").forEach((found) => (found.textContent = since));
    place.append(box);
    for (const found of [...unsaved()].map(block).filter(Boolean)) {
      found.querySelector(".q-head").prepend(copyOf("live-note"));
      // Sums are the server's; those of what it has not seen are not known.
      found.querySelectorAll("output, .m-count").forEach((sum) => (sum.textContent = "—"));
    }
  }

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("[data-live]")?.dataset.live;
    if (pressed === "save") save();
    if (pressed === "copy") copy();
    if (pressed === "sign-in") leaving = [...unsaved()].every((id) => !block(id) || Draft.keep(desk(), block(id)));
  });

  async function copy() {
    const text = [...unsaved()].map((id) => block(id)).filter(Boolean).map(Draft.text).join("\n\n");
    try {
      await navigator.clipboard.writeText(text);
      speak(words.copied, true);
      document.querySelector("#trouble .copied").hidden = false;
    } catch {
      // Not allowed here: the text to copy by hand.
      const area = document.querySelector("#trouble textarea");
      area.value = text;
      area.hidden = false;
      area.select();
    }
  }

  // Announcements, not more often than every SPEAK seconds unless it matters at once

  let last = 0;
  let later;
  function speak(text, now = false) {
    clearTimeout(later);
    const wait = now ? 0 : Math.max(0, last + SPEAK * 1000 - Date.now());
    later = setTimeout(() => {
      last = Date.now();
      document.getElementById("spoken").textContent = text;
    }, wait);
  }

  // Leaving the page

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href]");
      const plain = !event.defaultPrevented && !event.button && !(event.ctrlKey || event.metaKey || event.shiftKey);
      if (!link || !plain || link.target || link.hash || failure || !(changed.size || sent.size)) return;
      event.preventDefault();
      goal = link.href;
      if (changed.size) save();
    },
    true,
  );

  addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved().size) event.preventDefault();
  });

  // What was typed before a reload or before signing in again

  const restored = Draft.restore(desk());
  if (restored.length) {
    changed = new Set(restored);
    for (const id of restored) block(id).querySelector(".q-head").prepend(copyOf("live-restored"));
    block(restored[0]).querySelector("input:not([type=hidden]), textarea").focus();
    speak(words.restored, true);
    save();
  } else if (!document.querySelector(".bar-state").textContent.trim()) {
    say(words.ready);
  }
})();
