// Runs the expressions of the Renovate preset that comes first over every Jenkinsfile that is named, and prints one JSON
// object per file: how many images it holds, and what the expressions find.
// What must hold: the expressions run as Renovate runs them, by an engine of ECMAScript with the flags "gm".
const fs = require("node:fs");

const [preset, ...files] = process.argv.slice(2);
const { customManagers } = JSON.parse(fs.readFileSync(preset, "utf8"));
for (const path of files) {
  const text = fs.readFileSync(path, "utf8");
  const images = text.split("\n").filter((line) => /^\s*image '/.test(line)).map((line) => line.trim());
  const found = [];
  for (const manager of customManagers) {
    for (const expression of manager.matchStrings) {
      for (const { groups } of text.matchAll(new RegExp(expression, "gm"))) {
        found.push(`image '${groups.depName}:${groups.currentValue}@${groups.currentDigest}'`);
      }
    }
  }
  process.stdout.write(`${JSON.stringify({ path, images, found })}\n`);
}
