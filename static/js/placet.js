/* Small courtesies; every page works without them. */

// After a swap the focus goes to the part that asked for it, and the news is read out by its role=status.
document.addEventListener("htmx:afterSettle", (event) => {
  const asked = event.target.querySelector("[data-focus]");
  if (asked) asked.focus();
});

// The summary of errors takes the focus when a form comes back.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

document.addEventListener("click", (event) => {
  if (event.target.matches("[data-prints]")) window.print();
});
