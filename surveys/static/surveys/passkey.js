/* What allauth's scripts for passkeys leave to the page: show their buttons, and say it when the browser refuses. */
document.querySelectorAll("[data-passkey]").forEach((found) => (found.hidden = !window.PublicKeyCredential));
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector("[data-passkey-error]").hidden = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-passkey]")) document.querySelector("[data-passkey-error]").hidden = true;
});
