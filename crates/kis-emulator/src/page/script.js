const main = document.querySelector("main");
const said = document.querySelector("#said");

async function refresh() {
  const open = [...main.querySelectorAll("details")].map((one) => one.open);
  const page = await (await fetch(location.href)).text();
  const next = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  next.querySelectorAll("details").forEach((one, index) => {
    if (index < open.length) one.open = open[index];
  });
  main.replaceChildren(...next.childNodes);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-path]");
  if (!button || (button.dataset.ask && !confirm(button.dataset.ask))) return;
  const answer = await fetch(button.dataset.path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: button.dataset.body,
  });
  said.textContent = answer.ok ? "" : (await answer.json()).error;
  await refresh();
});

setInterval(() => {
  const busy = getSelection().toString() || main.contains(document.activeElement);
  if (!document.hidden && !busy) refresh().catch(() => {});
}, 3000);
