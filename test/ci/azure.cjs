/*
 * Holds pipelines to the language service of Azure Pipelines, which is what its editor has. Prints each problem as PATH:LINE: WHAT.
 * Usage: node azure.cjs SCHEMA.json FILE…
 */
const { readFileSync } = require('node:fs');
const { getLanguageService, parse, TextDocument } = require('azure-pipelines-language-service');

const [schemaPath, ...paths] = process.argv.slice(2);
const uri = 'schema://azure-pipelines';
const schema = JSON.parse(readFileSync(schemaPath, 'utf8'));
// It tells its steps on standard output.
console.log = () => {};
const service = getLanguageService(
  async () => schema,
  [],
  async () => uri,
);
service.configure({ validate: true, schemas: [{ uri, fileMatch: ['*'], schema }] });

(async () => {
  for (const path of paths) {
    const text = readFileSync(path, 'utf8');
    const document = TextDocument.create(`file://${path}`, 'azure-pipelines', 1, text);
    for (const { range, message } of await service.doValidation(document, parse(text))) {
      console.error(`${path}:${range.start.line + 1}: ${message}`);
      process.exitCode = 1;
    }
  }
})();
