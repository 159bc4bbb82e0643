// Reads every file that is named with CircleCI's own config parser, and prints one JSON object for each that it refuses.
// The parser stops at the first mistake of a file, and knows its place in the config but not in the text.
const fs = require("node:fs");
const { parseConfig } = require("@circleci/circleci-config-parser");

for (const path of process.argv.slice(2)) {
  try {
    const config = parseConfig(fs.readFileSync(path, "utf8"));
    if (config.jobs.length === 0) throw new Error("the parser found no job");
  } catch (error) {
    const message = String(error.message ?? error).split("\n").map((line) => line.trim()).filter(Boolean).join(" ");
    console.log(JSON.stringify({ path, message }));
  }
}
