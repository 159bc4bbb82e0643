(() => {
  "use strict";
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const one = (id) => document.getElementById(id);
  for (const bar of all(".bar")) bar.hidden = false;

  const findings = one("findings-bar");
  if (findings) {
    const rows = all("#findings tbody tr").map((row) => ({ row, text: row.textContent.toLowerCase() }));
    const filter = () => {
      const asked = ["level", "class", "rule"].map((key) => [key, one("f-" + key).value]);
      const team = one("f-team").value;
      const words = one("f-text").value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      for (const { row, text } of rows) {
        const shown = asked.every(([key, value]) => !value || row.dataset[key] === value)
          && (!team || row.dataset.teams.split(" ").includes(team))
          && words.every((word) => text.includes(word));
        row.hidden = !shown;
        if (shown) left += 1;
      }
      one("f-left").value = left + " of " + rows.length + " findings";
    };
    findings.addEventListener("input", filter);
    findings.addEventListener("reset", () => setTimeout(filter));
    findings.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }

  const scenes = one("scenes-bar");
  if (scenes) {
    const parts = all("details.scene").map((part) => ({ part, text: part.textContent.toLowerCase() }));
    const filter = () => {
      const words = one("s-text").value.toLowerCase().split(/\s+/).filter(Boolean);
      const differing = one("s-differs").checked;
      let left = 0;
      for (const { part, text } of parts) {
        const shown = (!differing || part.dataset.differs !== "0") && words.every((word) => text.includes(word));
        part.hidden = !shown;
        if (shown) left += 1;
      }
      one("s-left").value = left + " of " + parts.length + " parts";
    };
    scenes.addEventListener("input", filter);
    scenes.addEventListener("submit", (event) => event.preventDefault());
    const open = (state) => parts.forEach(({ part }) => { if (!part.hidden) part.open = state; });
    one("s-open").addEventListener("click", () => open(true));
    one("s-close").addEventListener("click", () => open(false));
    filter();
  }

  // A link to a part opens it.
  const follow = () => {
    const part = location.hash.length > 1 && one(location.hash.slice(1));
    if (part && part.matches("details")) part.open = true;
  };
  addEventListener("hashchange", follow);
  follow();
})();
