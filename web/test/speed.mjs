// How fast Things opens with ten thousand of them and how it scrolls: node test/speed.mjs
// Against the mock hub, so that it measures the page alone; or against a real one, whose address and
// administrator's password MILLRACE_URL and MILLRACE_ADMIN_PASSWORD say. Fails above the limits.
import { chromium } from 'playwright-core';
import { startMock } from './mock/server.mjs';

const OPEN_MS = 1000;
const FRAME_MS = 100;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const hub = process.env.MILLRACE_URL;
const server = hub ? null : await startMock(18290, 'big');
const url = hub ?? 'http://127.0.0.1:18290';
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
await page.goto(url);
await page.fill('input[autocomplete=username]', 'admin');
await page.fill('input[type=password]', process.env.MILLRACE_ADMIN_PASSWORD ?? 'millrace');
await page.click('button[type=submit]');
await page.waitForSelector('.thing-row a');

const opened = [];
for (let i = 0; i < 5; i += 1) {
  await page.goto(`${url}/things`);
  await page.waitForSelector('.thing-row a');
  opened.push(Math.round(await page.evaluate(() => performance.now())));
}
opened.sort((a, b) => a - b);

// Five seconds of wheel; the gaps between frames say whether it stutters.
const gaps = page.evaluate(() => new Promise((resolve) => {
  const all = [];
  let last = performance.now();
  const end = last + 5000;
  const tick = (now) => {
    all.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(tick);
    else resolve(all);
  };
  requestAnimationFrame(tick);
}));
await page.mouse.move(800, 500);
for (let i = 0; i < 60; i += 1) {
  await page.mouse.wheel(0, 900);
  await page.waitForTimeout(70);
}
const sorted = (await gaps).sort((a, b) => a - b);
const part = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
const loaded = await page.locator('.thing-row').count();
const top = await page.locator('.thing-scroll').evaluate((node) => Math.round(node.scrollTop / 52));
console.log(`opens in ${opened[2]} ms (median of 5, worst ${opened[4]}); frames: median ${part(0.5)} ms, 95 % ${part(0.95)} ms, longest ${part(1)} ms; at row ${top}, ${loaded} rows in the page`);
if (process.env.MILLRACE_SCREENSHOT) await page.waitForTimeout(2000);
if (process.env.MILLRACE_SCREENSHOT) await page.screenshot({ path: process.env.MILLRACE_SCREENSHOT });
await browser.close();
server?.closeAllConnections();
server?.close();
if (opened[2] > OPEN_MS || part(0.95) > FRAME_MS || top < 300) {
  console.error(`Too slow: ${OPEN_MS} ms to open and ${FRAME_MS} ms for 95 % of frames are the limits.`);
  process.exit(1);
}
process.exit(0);
