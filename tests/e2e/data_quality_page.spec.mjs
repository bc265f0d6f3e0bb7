// The data-quality page of a real hub whose pump has gone wrong, in Debian's Chromium: what is wrong, since
// when, what it affects, what to do; what is well is not accused. Run by data_quality_page_test.py.
//
// Pictures go to build/screenshots/. Exit code 0 when all holds; 1 with one line for each thing that does not.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const { chromium } = createRequire(`${checkout}web/package.json`)('playwright-core');
const { MILLRACE_URL: HUB, MILLRACE_ADMIN_PASSWORD: PASSWORD, FLOW_SINCE, PRESSURE_SINCE, PRESSURE_ENDED } = process.env;
const SHOTS = process.env.MILLRACE_SCREENSHOTS ?? `${checkout}build/screenshots`;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
mkdirSync(SHOTS, { recursive: true });

const failures = [];
const complaints = [];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });

function expect(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

async function logIn(locale) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale })).newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complaints.push(`fault: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(HUB);
  await page.fill('input[type=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('nav');
  await page.goto(`${HUB}/quality`);
  return page;
}

const page = await logIn('en-GB');

async function check(name, run) {
  try {
    await run();
    console.log(`ok      ${name}`);
  } catch (error) {
    const line = `${name}: ${error.message.split('\n')[0]}`;
    await page.screenshot({ path: `${SHOTS}/failed-quality-${failures.push(line)}.png` }).catch(() => {});
    console.log(`FAILED  ${line}`);
  }
}

/** The row of a problem, and each of its cells by its heading's place. */
async function rowOf(where, property) {
  const row = where.locator('.grid-table tbody tr').filter({ has: where.getByRole('link', { name: `pump-1 · ${property}`, exact: true }) });
  await row.waitFor();
  const cells = row.locator('th, td');
  return { row, cells, texts: await cells.allInnerTexts() };
}

const timesOf = (cell) => cell.locator('time').evaluateAll((all) => all.map((one) => Date.parse(one.dateTime)));
const same = (found, wanted) => JSON.stringify(found) === JSON.stringify(wanted.map((one) => Date.parse(one)));

await check('counts what goes on', async () => {
  await page.getByRole('status').filter({ hasText: '2 problems go on' }).waitFor();
  await page.screenshot({ path: `${SHOTS}/quality-page.png` });
});
await check('says of the flow what is wrong, since when, what it affects and what to do', async () => {
  const { cells, texts } = await rowOf(page, 'flow');
  expect(/out of range/i.test(texts[0]), `what: ${texts[0]}`);
  expect(same(await timesOf(cells.nth(2)), [FLOW_SINCE]), `since: ${texts[2]}, not ${FLOW_SINCE}`);
  expect(/^10\s+25\s?%$/.test(texts[3].trim()), `samples: ${texts[3]}`);
  expect(texts[4].includes('thing pump-1') && texts[4].includes('alarm high'), `affects: ${texts[4]}`);
  expect(/^Check sensor, wiring and scaling;.* The range is 0 to 120 m3\/h\.$/.test(texts[5].trim()), `advice: ${texts[5]}`);
});
await check('says of the level, of which nothing has come, where to look', async () => {
  const { texts } = await rowOf(page, 'level');
  expect(/stale/i.test(texts[0]), `what: ${texts[0]}`);
  expect(texts[4].includes('binding pump-1-level'), `affects: ${texts[4]}`);
  expect(/^Nothing has come yet\. Check that messages come on the topic 'hall\/pump-1'/.test(texts[5].trim()), `advice: ${texts[5]}`);
});
await check('says of the pressure when it ended', async () => {
  const { cells, texts } = await rowOf(page, 'pressure');
  expect(/ended/.test(texts[2]), `since: ${texts[2]}`);
  expect(same(await timesOf(cells.nth(2)), [PRESSURE_SINCE, PRESSURE_ENDED]), `since: ${texts[2]}, not ${PRESSURE_SINCE} to ${PRESSURE_ENDED}`);
});
await check('puts what goes on first and does not accuse what is well', async () => {
  const links = await page.locator('.grid-table').first().getByRole('link').allInnerTexts();
  expect(JSON.stringify(links) === JSON.stringify(['pump-1 · flow', 'pump-1 · level', 'pump-1 · pressure']), `rows: ${links}`);
});
await check('says the same in Chinese', async () => {
  const chinese = await logIn('zh-CN');
  const { texts } = await rowOf(chinese, 'flow');
  expect(/超出/.test(texts[0]) && /[\u4e00-\u9fff]/.test(texts[5]), `row: ${texts.join(' | ')}`);
  await chinese.screenshot({ path: `${SHOTS}/quality-page-zh.png` });
  await chinese.context().close();
});
await check('leads to the chart of the time', async () => {
  const { row } = await rowOf(page, 'flow');
  await row.getByRole('link').click();
  await page.waitForURL((url) => url.pathname === '/things/pump-1' && url.searchParams.get('p') === 'flow');
  const start = Date.parse(new URL(page.url()).searchParams.get('start'));
  expect(start < Date.parse(FLOW_SINCE), `the chart begins ${new Date(start).toISOString()}`);
  await page.locator('.chart').first().waitFor();
});
await browser.close();
complaints.forEach((line) => failures.push(line));
failures.forEach((line) => console.error(line));
process.exit(failures.length > 0 ? 1 : 0);
