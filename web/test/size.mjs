// The weight of the first page: compressed script that a browser fetches before Things is there.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 300 * 1000;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist)));

/** @param {string} key @param {Set<string>} seen */
function scriptsOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const next of chunk.imports ?? []) scriptsOf(next, seen);
  return seen;
}

const first = scriptsOf('index.html');
scriptsOf('src/pages/things/ThingsPage.tsx', first);
scriptsOf('src/i18n/zh.json', first);
let total = 0;
for (const file of first) {
  if (!file.endsWith('.js')) continue;
  const bytes = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)}  ${file}`);
}
console.log(`${String(total).padStart(8)}  first page, compressed script (limit ${LIMIT})`);
if (total > LIMIT) {
  console.error('The first page is too heavy: load more of it lazily (src/routes.tsx).');
  process.exit(1);
}
