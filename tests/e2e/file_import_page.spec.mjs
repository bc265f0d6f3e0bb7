// A file of measured data on its way into a real hub, in Debian's Chromium. Run by file_import_page_test.py.
//
// Pictures go to build/screenshots/. Exit code 0 when all holds; 1 with one line for each thing that does not.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const { chromium } = createRequire(`${checkout}web/package.json`)('playwright-core');
const { MILLRACE_URL: HUB, MILLRACE_ADMIN_PASSWORD: PASSWORD, FOLDER } = process.env;
const SHOTS = process.env.MILLRACE_SCREENSHOTS ?? `${checkout}build/screenshots`;
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
mkdirSync(SHOTS, { recursive: true });

const failures = [];
const complaints = [];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });

function expect(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

async function logIn(locale, colorScheme) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 1100 }, locale, colorScheme })).newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complaints.push(`fault: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(HUB);
  await page.fill('input[type=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('nav');
  await page.goto(`${HUB}/system`);
  return page;
}

const page = await logIn('en-GB', 'light');
const button = (name) => page.getByRole('button', { name, exact: true });
const mapping = page.getByLabel('Mapping: how columns become things and properties');
const choose = (name) => page.locator('input[type=file]').setInputFiles(`${FOLDER}/${name}`);

async function check(name, run) {
  try {
    await run();
    console.log(`ok      ${name}`);
  } catch (error) {
    const line = `${name}: ${error.message.split('\n')[0]}`;
    await page.screenshot({ path: `${SHOTS}/failed-file-import-${failures.push(line)}.png`, fullPage: true }).catch(() => {});
    console.log(`FAILED  ${line}`);
  }
}

await check('opens by keyboard', async () => {
  await button('Import a file').focus();
  await page.keyboard.press('Enter');
  await button('Choose a file').waitFor();
});
await check('says that a picture is no file of data', async () => {
  await choose('picture.csv');
  const alert = page.getByRole('alert').filter({ hasText: 'No mapping could be proposed.' });
  await alert.waitFor();
  expect(/iconv|UTF-8/.test(await alert.innerText()), await alert.innerText());
});
await check('proposes a mapping for the thing that is named', async () => {
  await choose('wrong/line 3.csv');
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('thing: line-3'));
  await page.getByLabel('Thing', { exact: true }).fill('pump-1');
  await button('Propose a mapping').click();
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('thing: pump-1'));
  const text = await mapping.inputValue();
  expect(/name: bearing_temperature/.test(text) && /delimiter: ";"/.test(text) && /decimal: ","/.test(text), text);
});
await check('shows a mistake in the mapping at its line', async () => {
  const text = await mapping.inputValue();
  await mapping.fill(text.replace('  column: Time', '  colum: Time'));
  await button('Check').click();
  await page.locator('.problem-list').getByText("Did you mean 'column'?").waitFor();
  await mapping.fill(text);
});
await check('shows the row that cannot be stored, and does not import it', async () => {
  await button('Check').click();
  await page.getByRole('status').filter({ hasText: '1 row cannot be stored.' }).waitFor();
  const problem = page.getByRole('region', { name: 'Problems of the file' }).getByRole('row').filter({ hasText: 'yesterday' });
  expect(/✕ error\s+7/.test(await problem.innerText()), await problem.innerText());
  expect(await button('Import').isDisabled(), 'it can be imported');
  expect(await page.getByLabel('Leave out 1 row that cannot be stored').count() === 1, 'no way to leave it out');
  await page.screenshot({ path: `${SHOTS}/file-import-problem.png`, fullPage: true });
});
await check('shows the rows of the mended file as they would be stored', async () => {
  await choose('line 3.csv');
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('thing: pump-1'));
  await button('Check').click();
  await page.getByRole('status').filter({ hasText: 'Every row can be stored.' }).waitFor();
  const rows = await page.getByRole('region', { name: 'First rows' }).locator('tbody tr').allInnerTexts();
  expect(rows.length === 10 && /pump-1\s+flow/.test(rows[0]) && /40\.5\s+m3\/h/.test(rows[0]), rows.join(' | '));
  await page.screenshot({ path: `${SHOTS}/file-import.png`, fullPage: true });
});
await check('imports it and leads to the thing', async () => {
  await button('Import').click();
  const result = page.getByRole('status').filter({ hasText: 'is imported: 10 samples of 5 rows are stored.' });
  await result.waitFor();
  expect(await result.getByRole('link', { name: 'pump-1' }).getAttribute('href') === '/things/pump-1', 'no link');
  await page.locator('.grid-table').getByRole('row').filter({ hasText: 'line 3.csv' }).filter({ hasText: 'Complete' }).waitFor();
});
await check('imports the same file again, in Chinese and in the dark, and stores nothing twice', async () => {
  const chinese = await logIn('zh-CN', 'dark');
  await chinese.getByRole('button', { name: '导入文件', exact: true }).click();
  await chinese.locator('input[type=file]').setInputFiles(`${FOLDER}/line 3.csv`);
  await chinese.waitForFunction(() => document.querySelector('textarea')?.value.includes('thing: line-3'));
  await chinese.getByLabel('物', { exact: true }).fill('pump-1');
  await chinese.getByRole('button', { name: '建议映射' }).click();
  await chinese.waitForFunction(() => document.querySelector('textarea')?.value.includes('thing: pump-1'));
  await chinese.getByRole('button', { name: '检查', exact: true }).click();
  await chinese.getByRole('status').filter({ hasText: '所有行都可以存储。' }).waitFor();
  await chinese.screenshot({ path: `${SHOTS}/file-import-zh-dark.png`, fullPage: true });
  await chinese.getByRole('button', { name: '导入', exact: true }).click();
  await chinese.getByRole('status').filter({ hasText: '已导入' }).waitFor();
  await chinese.context().close();
});
await browser.close();
complaints.forEach((line) => failures.push(line));
failures.forEach((line) => console.error(line));
process.exit(failures.length > 0 ? 1 : 0);
