// Opens every page in headless Chromium, and says what is wrong with it: `node browser.cjs PAGES [IMAGES]`.
//
// What must hold: each page loads without a message, a request or a long wait; filters work, and everything is there
// without them; every control is reached by the keyboard; contrast holds in light and dark; no text leaves its box.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");
const inPage = require("./in-page.cjs");

const [pages, images] = process.argv.slice(2);
const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const MERMAID = require.resolve("mermaid").replace(/mermaid\.core\.mjs$/, "mermaid.min.js");
const LONGEST_LOAD = 2000;
const faults = [];
const expect = (holds, what) => { if (!holds) faults.push(what); };

async function open(browser, name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(path.join(pages, name)).href;
  page.on("console", (message) => faults.push(`${name}: console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  page.on("dialog", (dialog) => { faults.push(`${name}: a dialog`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url) faults.push(`${name}: asked for ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

async function accessible(page, name) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] }));
  for (const { id, nodes } of violations) faults.push(`${name}: ${id}: ${nodes[0].html.slice(0, 160)}`);
  for (const fault of await page.evaluate(inPage.drawn)) faults.push(`${name}: ${fault}`);
}

async function keyboard(page, name) {
  const all = await page.evaluate(inPage.mark);
  const reached = new Set();
  for (let step = 0; step < all + 20; step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => document.activeElement && document.activeElement.dataset.reach);
    if (at) reached.add(at);
    const ring = await page.evaluate(() => document.activeElement === document.body
      || getComputedStyle(document.activeElement).outlineStyle !== "none");
    expect(ring, `${name}: no ring around a control that has the focus`);
  }
  expect(reached.size === all, `${name}: the keyboard reaches ${reached.size} of ${all} controls`);
}

const shown = (page, selector) => page.locator(`${selector}:visible`).count();

async function filters(page, name) {
  const rows = "#findings tbody > tr";
  const all = await shown(page, rows);
  await page.selectOption("#f-level", "critical");
  expect(await shown(page, rows) === 1, `${name}: one finding is critical`);
  expect((await page.textContent("#f-left")).startsWith(`1 of ${all} `), `${name}: the count of findings`);
  await page.click("#findings-bar button[type=reset]");
  await page.waitForTimeout(50);
  expect(await shown(page, rows) === all, `${name}: all findings after a reset`);
  await page.selectOption("#f-class", "missing");
  expect(await shown(page, rows) === 1, `${name}: by class`);
  await page.selectOption("#f-class", "");
  await page.selectOption("#f-rule", "token-long-lived");
  expect(await shown(page, rows) === 1, `${name}: by rule`);
  await page.selectOption("#f-rule", "");
  await page.selectOption("#f-team", "contractors");
  expect(await shown(page, rows) === 1, `${name}: by team`);
  await page.selectOption("#f-team", "");
  await page.fill("#f-text", "LAPTOP payroll");
  expect(await shown(page, rows) === 1, `${name}: by text`);
  await page.fill("#f-text", "");

  const scenes = "details.scene";
  const parts = await shown(page, scenes);
  await page.check("#s-differs");
  const differing = await shown(page, scenes);
  expect(differing > 0 && differing < parts, `${name}: parts with differences: ${differing} of ${parts}`);
  await page.uncheck("#s-differs");
  await page.fill("#s-text", "scratch/mallory");
  expect(await shown(page, scenes) === 1, `${name}: a part by a stack's name`);
  await page.fill("#s-text", "");
  await page.click("#s-open");
  expect(await page.locator(`${scenes}:not([open])`).count() === 0, `${name}: all parts open`);
  await page.click("#s-close");
  expect(await page.locator(`${scenes}[open]`).count() === 0, `${name}: all parts closed`);
  await page.click("summary:has-text('Overview')");
  await page.locator("a[href='#s1']").click();
  expect(await page.locator("#s1[open]").count() === 1, `${name}: a link opens its part`);
}

async function withoutScript(browser, name) {
  const page = await open(browser, name, { javaScriptEnabled: false });
  expect(await shown(page, ".bar") === 0, `${name}: no filters without the script`);
  expect(await shown(page, "#findings tbody > tr") >= 5, `${name}: findings without the script`);
  await page.locator("details.scene:not([open]) > summary").first().click();
  expect(await shown(page, "details.scene[open] svg") > 0, `${name}: a part opens without the script`);
  await page.context().close();
}

async function printed(page, name) {
  await page.emulateMedia({ media: "print" });
  expect(await shown(page, ".bar") === 0, `${name}: no filters on paper`);
  const pdf = await page.pdf({ format: "A4", landscape: true, printBackground: false });
  expect(pdf.subarray(0, 5).toString() === "%PDF-" && pdf.length > 20000, `${name}: a PDF`);
  await page.emulateMedia({ media: null });
}

async function mermaid(browser) {
  const page = await browser.newPage();
  await page.addScriptTag({ path: MERMAID });
  await page.evaluate(() => mermaid.initialize({ startOnLoad: false, securityLevel: "strict" }));
  for (const name of fs.readdirSync(pages).filter((file) => file.endsWith(".mmd"))) {
    const text = fs.readFileSync(path.join(pages, name), "utf8");
    const drawn = await page.evaluate(async (text) => {
      try {
        const { svg } = await mermaid.render("drawn", text);
        document.body.innerHTML = svg;
        return { bad: document.body.querySelectorAll("img,script,a,iframe,[onload],[onerror]").length, size: svg.length };
      } catch (error) { return { error: String(error) }; }
    }, text);
    expect(!drawn.error && drawn.bad === 0 && drawn.size > 1000, `${name}: ${JSON.stringify(drawn)}`);
  }
  await page.close();
}

async function pictures(browser) {
  for (const scheme of ["light", "dark"]) {
    const page = await open(browser, "small.html", { colorScheme: scheme, viewport: { width: 1280, height: 800 } });
    await page.locator("#s1").screenshot({ path: path.join(images, `picture-${scheme}.png`) });
    if (scheme === "light") {
      await page.locator("#findings").screenshot({ path: path.join(images, "picture-findings.png") });
      await page.locator("#timeline").screenshot({ path: path.join(images, "picture-timeline.png") });
    }
    await page.context().close();
  }
}

(async () => {
  const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: quiet });
  for (const name of fs.readdirSync(pages).filter((file) => /\.(html|svg)$/.test(file))) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(browser, name, { colorScheme });
      const load = await page.evaluate(() => performance.getEntriesByType("navigation")[0]?.loadEventEnd ?? 0);
      expect(load < LONGEST_LOAD, `${name}: ${Math.round(load)} ms until it was loaded`);
      if (colorScheme === "light") console.log(`${name}: loaded in ${Math.round(load)} ms`);
      expect(await page.locator("img, iframe, object, embed, link").count() === 0, `${name}: something to load`);
      if (name.endsWith(".html")) {
        await accessible(page, `${name}, ${colorScheme}`);
      } else {
        for (const fault of await page.evaluate(inPage.drawn)) faults.push(`${name}: ${fault}`);
      }
      await page.context().close();
    }
  }
  for (const name of ["small.html", "large.html"]) {
    const page = await open(browser, name);
    if (name === "small.html") {
      await keyboard(page, name);
      await printed(page, name);
    }
    await filters(page, name);
    await page.context().close();
    await withoutScript(browser, name);
  }
  await mermaid(browser);
  if (images) await pictures(browser);
  await browser.close();
  for (const fault of [...new Set(faults)].slice(0, 60)) console.error(`wrong: ${fault}`);
  if (faults.length) process.exit(1);
  console.log("every page holds");
})().catch((error) => { console.error(error); process.exit(1); });
