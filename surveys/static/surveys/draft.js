/* What was typed and is not saved yet, kept in the tab's own storage: it survives a reload, a crash, and signing in
   again. Only for the person and the page it was typed on. */
const Draft = (() => {
  const key = (desk) => `draft ${desk.dataset.person} ${location.pathname}`;
  const blocks = () => [...document.querySelectorAll("#questions .question")];
  const basis = (block) => block.querySelector('input[name^="seen|"]');
  const controls = (block) => block.querySelectorAll('input:not([type="hidden"], [name^="resolve|"]), textarea');
  const isMark = (control) => control.type === "radio" || control.type === "checkbox";

  function read(desk) {
    try {
      return JSON.parse(sessionStorage.getItem(key(desk))) || {};
    } catch {
      return {};
    }
  }

  function write(desk, found) {
    try {
      if (Object.keys(found).length) sessionStorage.setItem(key(desk), JSON.stringify(found));
      else sessionStorage.removeItem(key(desk));
      return true;
    } catch {
      return false; // no storage here: the page still holds what was typed, and warns before leaving
    }
  }

  const values = (block) =>
    [...controls(block)]
      .filter((control) => !isMark(control) || control.checked)
      .map((control) => [control.name, control.value]);

  /* Keep a question as it stands, against the version it was seen at; between two answers, as it was before. */
  function keep(desk, block) {
    if (!controls(block).length) return true;
    return write(desk, { ...read(desk), [block.id]: { seen: basis(block).value, values: values(block) } });
  }

  function forget(desk, ids) {
    const found = read(desk);
    ids.forEach((id) => delete found[id]);
    write(desk, found);
  }

  function fill(block, { seen, values }) {
    basis(block).value = seen;
    const has = (control) => values.some(([name, value]) => name === control.name && value === control.value);
    for (const control of controls(block)) {
      if (isMark(control)) control.checked = has(control);
      else control.value = (values.find(([name]) => name === control.name) || ["", ""])[1];
    }
  }

  /* Put back what is kept; returns the questions. One that is not on the page waits for its return. */
  function restore(desk) {
    const found = read(desk);
    const there = blocks().filter((block) => block.id in found && controls(block).length);
    there.forEach((block) => fill(block, found[block.id]));
    return there.map((block) => block.id);
  }

  /* The words of a control: its label, and what was typed or chosen. */
  function words(control) {
    const label = (control.labels?.[0]?.textContent || "").replace(/\s+/g, " ").trim();
    return isMark(control) ? label : `${label} ${control.value}`.trim();
  }

  /* A question as plain text, to be copied elsewhere. */
  function text(block) {
    const title = block.querySelector(".q-number").textContent + " " + block.querySelector(".q-text").textContent;
    const answered = [...controls(block)].filter((control) => (isMark(control) ? control.checked : control.value));
    return [title.replace(/\s+/g, " ").trim(), ...answered.map(words)].join("\n");
  }

  return { keep, forget, restore, text, basis, isMark };
})();
