/* Escape closes the explanation of a term and leaves the focus on the term. Without this script the term itself does. */
document.addEventListener("keydown", (event) => {
  const term = event.key === "Escape" && event.target.closest?.(".term[open]");
  if (!term) return;
  term.open = false;
  term.querySelector("summary").focus();
});
