// Asks Microsoft's language service for Azure Pipelines about every file that is named, against the schema that comes
// first, and prints one JSON object per finding.
// What must hold: the service gets the schema as an object. Given a string it validates nothing, and says nothing.
const fs = require("node:fs");
const { getLanguageService } = require("azure-pipelines-language-service");
const { parse } = require("azure-pipelines-language-service/lib/parser/yamlParser");
const { TextDocument } = require("vscode-languageserver-textdocument");

async function main([schemaPath, ...files]) {
  const uri = "file:///azure-pipelines.json";
  const schema = JSON.parse(fs.readFileSync(schemaPath, "utf8"));
  const service = getLanguageService(async () => structuredClone(schema), [], async () => uri);
  service.configure({ validate: true, schemas: [{ uri, fileMatch: ["*"], schema }] });
  // The service writes its own notes to the console; ours go out past it.
  console.log = () => {};
  for (const path of files) {
    const text = fs.readFileSync(path, "utf8");
    const document = TextDocument.create(`file:///${path}`, "azure-pipelines", 1, text);
    for (const { range, message } of await service.doValidation(document, parse(text))) {
      process.stdout.write(`${JSON.stringify({ path, line: range.start.line + 1, message })}\n`);
    }
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 2;
});
