// The web application against a real `./dev demo`, in Debian's Chromium: log in, see the pump line
// and the building move within 10 s, visit each page, and find nothing in the console.
//
//   MILLRACE_URL=http://127.0.0.1:8090 MILLRACE_ADMIN_PASSWORD=… node tests/e2e/demo.spec.mjs
//
// Pictures go to build/screenshots/. Exit code 0 when all holds; 1 with one line for each thing that does not.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const { chromium } = createRequire(`${checkout}web/package.json`)('playwright-core');

const URL_OF_HUB = (process.env.MILLRACE_URL ?? 'http://127.0.0.1:8090').replace(/\/$/, '');
const USER = process.env.MILLRACE_USER ?? 'admin';
const PASSWORD = process.env.MILLRACE_ADMIN_PASSWORD;
const DEMO_STARTED_MS = Number(process.env.MILLRACE_DEMO_STARTED_MS ?? 0);
const SHOTS = process.env.MILLRACE_SCREENSHOTS ?? `${checkout}build/screenshots`;
const PUMP_LINE = new RegExp(process.env.MILLRACE_PUMP_THING ?? 'pump');
const BUILDING = new RegExp(process.env.MILLRACE_BUILDING_THING ?? 'office');
const MOVING_WITHIN_MS = 10_000;
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

const failures = [];
const started = Date.now();
const say = (text) => console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s] ${text}`);

/** A check that fails leaves a picture of the page beside the others. */
async function check(page, name, run) {
  try {
    await run();
    say(`ok      ${name}`);
  } catch (error) {
    await page.screenshot({ path: `${SHOTS}/failed-${failures.length + 1}.png` }).catch(() => {});
    failures.push(`${name}: ${error.message.split('\n')[0]}`);
    say(`FAILED  ${name}: ${error.message.split('\n')[0]}`);
  }
}

function expect(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

/** Everything the page says that it should not: errors in the console, faults, failed calls. */
function listen(page) {
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`fault: ${error.message}`));
  page.on('response', (response) => {
    const loginAsked = response.status() === 401 && new URL(response.url()).pathname === '/api/v1/me';
    if (response.status() >= 400 && !loginAsked) complaints.push(`${response.status()} ${response.url()}`);
  });
  // Asking who is logged in before anyone is answers 401, which Chromium itself reports.
  return () => complaints.splice(0).filter((line) => !/console: .*status of 401/.test(line));
}

async function logIn(page) {
  await page.goto(URL_OF_HUB);
  await page.fill('input[autocomplete=username]', USER);
  await page.fill('input[type=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('nav a[href="/things"]', { timeout: 10_000 });
}

/** The list loads in pages; its rows carry the ids of things in their links. */
async function thingsMatching(page, pattern) {
  await page.waitForSelector('.thing-row a[href^="/things/"]', { timeout: MOVING_WITHIN_MS });
  const links = await page.$$eval('.thing-row a[href^="/things/"]', (all) => all.map((one) => one.getAttribute('href')));
  return links.map((link) => decodeURIComponent(link.slice('/things/'.length))).filter((id) => pattern.test(id));
}

async function waitForThing(page, pattern) {
  const until = Date.now() + MOVING_WITHIN_MS;
  for (;;) {
    await page.goto(`${URL_OF_HUB}/things?q=${pattern.source}`);
    const found = await thingsMatching(page, pattern).catch(() => []);
    if (found.length > 0) return found[0];
    if (Date.now() > until) throw new Error(`no thing matches ${pattern} after ${MOVING_WITHIN_MS} ms`);
    await page.waitForTimeout(500);
  }
}

/** At least one number of the thing changes on the screen, without a reload. */
async function waitUntilMoving(page, thing) {
  await page.goto(`${URL_OF_HUB}/things/${thing}`);
  await page.waitForSelector('.reading-number', { timeout: MOVING_WITHIN_MS });
  const numbers = () => page.$$eval('.reading-number', (all) => all.map((one) => one.textContent));
  const first = await numbers();
  const until = Date.now() + MOVING_WITHIN_MS;
  while (Date.now() < until) {
    await page.waitForTimeout(250);
    const now = await numbers();
    if (now.some((text, i) => text !== first[i] && /\d/.test(text))) return now;
  }
  throw new Error(`no value of ${thing} moved within ${MOVING_WITHIN_MS} ms: ${first.join(' ')}`);
}

/** The canvas has lines on it: more than the few colours of an empty one. */
async function drawnColours(page) {
  await page.waitForSelector('.chart canvas', { timeout: 10_000 });
  await page.waitForTimeout(1500);
  return page.$eval('.chart canvas', (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0) seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    return seen.size;
  });
}

async function tour(browser, { language, scheme }, things) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 }, colorScheme: scheme, locale: language === 'zh' ? 'zh-CN' : 'en-GB',
  });
  const page = await context.newPage();
  const complaints = listen(page);
  const shoot = (name) => page.screenshot({ path: `${SHOTS}/${name}-${language}-${scheme}.png` });
  await logIn(page);
  const edges = await page.evaluate(async () => (await (await fetch('/api/v1/edges')).json()).items);
  const pages = [
    ['things', '/things'], ['thing', `/things/${things.pump}`], ['building', `/things/${things.building}`], ['edges', '/edges'],
    ...edges.slice(0, 3).map((edge) => [`edge-${edge.kind}`, `/edges/${edge.name}`]),
    ['explore', `/explore?s=${things.compared.join(',')}`], ['system', '/system'],
  ];
  for (const [name, path] of pages) {
    await check(page, `${name} (${language}, ${scheme}) shows its content and complains of nothing`, async () => {
      await page.goto(URL_OF_HUB + path);
      await page.waitForSelector('main h1', { timeout: 10_000 });
      await page.waitForTimeout(1800);
      await shoot(name);
      expect((await page.$$('main [role=alert]')).length === 0, `an error stands on ${path}`);
      const said = complaints();
      expect(said.length === 0, said.join(' | '));
    });
  }
  await check(page, `Ctrl-K finds the pump (${language}, ${scheme})`, async () => {
    await page.keyboard.press('Control+k');
    await page.waitForSelector('[role=listbox]', { timeout: 5_000 });
    await page.keyboard.type(things.pump);
    await page.waitForSelector(`[role=option]:has-text("${things.pump}")`, { timeout: 5_000 });
    await shoot('palette');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/things/${things.pump}*`, { timeout: 5_000 });
  });
  await context.close();
}

async function chartBehaves(page, pump) {
  await check(page, 'the chart of the pump has lines', async () => {
    await page.goto(`${URL_OF_HUB}/things/${pump}?range=5m`);
    const colours = await drawnColours(page);
    expect(colours > 40, `only ${colours} colours on the canvas`);
  });
  await check(page, 'dragging zooms, leaves live, and the address holds the range; live can be entered again', async () => {
    const box = await page.locator('.chart').boundingBox();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 80, { steps: 6 });
    await page.mouse.up();
    await page.waitForURL(/start=.*&end=/, { timeout: 5_000 });
    await page.getByRole('button', { name: 'Go live' }).click();
    await page.waitForURL(/range=5m/, { timeout: 5_000 });
  });
  await check(page, 'the same numbers stand in a table', async () => {
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.waitForSelector('[role=table] [role=row]:nth-child(1)', { timeout: 5_000 });
  });
}

async function main() {
  if (!PASSWORD) {
    console.error('MILLRACE_ADMIN_PASSWORD is not set: it is the first password that the hub shows once.');
    return 64;
  }
  mkdirSync(SHOTS, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  const complaints = listen(page);
  const things = {};
  await check(page, 'the login page opens and takes the password', async () => {
    await page.goto(URL_OF_HUB);
    await page.waitForSelector('form', { timeout: 10_000 });
    await page.screenshot({ path: `${SHOTS}/login-en-light.png` });
    await logIn(page);
  });
  await check(page, 'a value of the pump line moves within 10 s', async () => {
    things.pump = await waitForThing(page, PUMP_LINE);
    await waitUntilMoving(page, things.pump);
  });
  await check(page, 'a value of the building moves within 10 s', async () => {
    things.building = await waitForThing(page, BUILDING);
    await waitUntilMoving(page, things.building);
  });
  if (DEMO_STARTED_MS) {
    const seconds = (Date.now() - DEMO_STARTED_MS) / 1000;
    await check(page, 'both move in the browser within 10 s of the start of the demo', async () => {
      say(`${seconds.toFixed(1)} s after the start of the demo`);
      expect(seconds <= 10, `it took ${seconds.toFixed(1)} s`);
    });
  }
  if (things.pump && things.building) {
    await chartBehaves(page, things.pump);
    things.compared = await page.evaluate(async (id) => {
      const { properties } = await (await fetch(`/api/v1/things/${id}`)).json();
      return properties.filter((one) => one.type === 'f64').slice(0, 3).map((one) => `${id}/${one.name}`);
    }, things.pump);
    await check(page, 'nothing was complained of on the way', async () => {
      const said = complaints();
      expect(said.length === 0, said.join(' | '));
    });
    for (const look of [{ language: 'en', scheme: 'light' }, { language: 'zh', scheme: 'dark' }]) await tour(browser, look, things);
  }
  await browser.close();
  say(failures.length === 0 ? `all of it holds; pictures in ${SHOTS}` : `${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

process.exit(await main());
