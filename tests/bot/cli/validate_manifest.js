// Prints what Microsoft's own schemas say against a manifest and its localisation files, as a JSON list of strings.
// The package forgets to name fs-extra among its dependencies, so package.json here does.
// Usage: node validate_manifest.js folder   (a folder with the content of an app package)
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const { AppManifestUtils } = require("@microsoft/app-manifest");
const home = path.dirname(require.resolve("@microsoft/app-manifest"));
const Ajv = createRequire(home + "/")("ajv-draft-04");

const folder = process.argv[2];
const read = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const schemas = path.join(home, "json-schemas", "teams");

async function main() {
  const manifest = read(path.join(folder, "manifest.json"));
  const newest = Math.max(...fs.readdirSync(schemas).map((name) => Number(name.match(/^v1\.(\d+)$/)?.[1] ?? 0)));
  const found = [...(await AppManifestUtils.validateAgainstSchema(manifest))];
  if (manifest.manifestVersion !== `1.${newest}`) found.push(`schema 1.${newest} is newer than ${manifest.manifestVersion}`);
  const schema = read(path.join(schemas, `v${manifest.manifestVersion}`, "MicrosoftTeams.Localization.schema.json"));
  // One pattern in that schema is no Unicode regular expression.
  const check = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false, formats: { uri: true } }).compile(schema);
  for (const { file } of manifest.localizationInfo.additionalLanguages) {
    if (!check(read(path.join(folder, file)))) found.push(...check.errors.map((e) => `${file}${e.instancePath} ${e.message}`));
  }
  console.log(JSON.stringify(found));
}

main();
