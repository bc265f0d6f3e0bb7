// Onboarding as a person does it, in Debian's Chromium against a real hub and OPC UA server: browse,
// pick pump-1, look at the proposal, change it, see the plan, apply; then a table of tags.
//
//   MILLRACE_URL=… MILLRACE_ADMIN_PASSWORD=… MILLRACE_OPCUA_URL=opc.tcp://… node tests/e2e/onboarding_page.spec.mjs
//
// Pictures go to build/screenshots/. Exit code 0 when all holds; 1 with one line for each thing that does not.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const { chromium } = createRequire(`${checkout}web/package.json`)('playwright-core');
const HUB = process.env.MILLRACE_URL;
const SERVER = process.env.MILLRACE_OPCUA_URL;
const SHOTS = process.env.MILLRACE_SCREENSHOTS ?? `${checkout}build/screenshots`;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
mkdirSync(SHOTS, { recursive: true });

const failures = [];
const complaints = [];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })).newPage();
page.setDefaultTimeout(20_000);
page.on('pageerror', (error) => complaints.push(`fault: ${error.message}`));
page.on('response', (response) => {
  if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
});

async function check(name, run) {
  try {
    await run();
    console.log(`ok      ${name}`);
  } catch (error) {
    const line = `${name}: ${error.message.split('\n')[0]}`;
    await page.screenshot({ path: `${SHOTS}/failed-onboarding-${failures.push(line)}.png` }).catch(() => {});
    console.log(`FAILED  ${line}`);
  }
}

function expect(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

const shot = (name) => page.screenshot({ path: `${SHOTS}/onboarding-${name}.png` });

await check('logs in', async () => {
  await page.goto(HUB);
  await page.fill('input[type=password]', process.env.MILLRACE_ADMIN_PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('nav');
});
await check('says what is wrong with an address before anybody is asked', async () => {
  await page.goto(`${HUB}/onboarding?tab=browse`);
  await page.getByLabel('Address').fill('10.0.0.7');
  await page.getByRole('button', { name: 'Browse', exact: true }).click();
  await page.getByText('Write it as opc.tcp://host:port.').waitFor();
});
await check('says why a server does not answer, and what to do', async () => {
  await page.getByLabel('Address').fill('opc.tcp://127.0.0.1:1');
  await page.getByLabel('Security').selectOption('none');
  await page.getByRole('button', { name: 'Browse', exact: true }).click();
  await page.getByText('The server could not be browsed.').waitFor();
  await shot('away');
  complaints.length = 0; // 503 is what was asked for
});
await check('browses the plant and picks pump-1', async () => {
  await page.getByLabel('Address').fill(SERVER);
  await page.getByRole('button', { name: 'Browse', exact: true }).click();
  await page.getByRole('treeitem').first().waitFor();
  await page.getByLabel('Pick pump-1', { exact: true }).check();
  await page.getByText('13 variables picked').waitFor();
  await shot('browse');
});
await check('proposes the pump with its units and reasons', async () => {
  await page.getByRole('button', { name: 'Propose a binding' }).click();
  await page.getByText('Which address feeds which property').waitFor();
  expect(await page.getByLabel('Thing', { exact: true }).inputValue() === 'pump-1', 'the thing is not called pump-1');
  expect((await page.getByLabel('Thing model').inputValue()) === 'centrifugal-pump@1', 'another model is proposed');
  const rows = page.locator('.grid-table tbody tr');
  expect(await rows.count() === 13, `${await rows.count()} rows`);
  expect(await page.getByText('same name; both in m3/h').count() > 0, 'no reason names the unit');
  await shot('proposal');
});
await check('takes a decision and takes it back', async () => {
  const flow = page.getByLabel(/^Property that .*pump-1\/flow feeds$/);
  await flow.selectOption('');
  await page.getByText('left out', { exact: true }).waitFor();
  await flow.selectOption('flow');
  await page.getByText(/^as decided/).waitFor();
});
await check('shows the plan and applies it', async () => {
  await page.getByRole('button', { name: 'Show the plan' }).or(page.getByRole('button', { name: /plan/i })).first().click();
  await page.getByLabel('Reason').fill('first pump of the line');
  await shot('plan');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/\/things\/pump-1/);
});
await check('the thing is there with its binding', async () => {
  await page.goto(`${HUB}/things/pump-1?tab=binding`);
  await page.getByText(/pump-1\/flow/).first().waitFor();
  await shot('bound');
});
await check('a second look does not propose what is bound already', async () => {
  await page.goto(`${HUB}/onboarding?tab=browse`);
  await page.getByRole('button', { name: 'Browse', exact: true }).click(); // the connection that was applied
  await page.getByLabel('Pick pump-1', { exact: true }).check();
  await page.getByRole('button', { name: 'Propose a binding' }).click();
  await page.getByText('Which address feeds which property').waitFor();
  expect(await page.getByLabel('Thing', { exact: true }).inputValue() === 'pump-1-2', 'a name was given twice');
});
await check('a table of tags is tried, mended and applied', async () => {
  const connection = await page.evaluate(async () => (await (await fetch('/api/v1/resources?kind=Connection')).json()).items[0].name);
  const table = (unit) => Buffer.from(`thing,model,connection,property,address,unit\npump-9,centrifugal-pump@1,${connection},flow,ns=1;s=pump-2/flow,${unit}\n`);
  const choose = (unit) => page.setInputFiles('input[type=file]', { name: 'tags.csv', mimeType: 'text/csv', buffer: table(unit) });
  await page.goto(`${HUB}/onboarding?tab=table`);
  await page.waitForSelector('input[type=file]', { state: 'attached' });
  await choose('kg');
  await page.getByText(/1 of 1 rows has a problem/).waitFor();
  await shot('table-problem');
  await choose('m3/h');
  await page.getByText('1 row, no problem').waitFor();
  await shot('table');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText(/revision/i).last().waitFor();
  await page.goto(`${HUB}/things/pump-9`);
  await page.getByText('pump-9').first().waitFor();
});
await browser.close();
complaints.forEach((line) => failures.push(line));
failures.forEach((line) => console.error(line));
process.exit(failures.length > 0 ? 1 : 0);
