// Pictures of each page against the mock hub: node test/shots.mjs [folder] [name part …]
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { startMock } from './mock/server.mjs';

const folder = process.argv[2] ?? '../build/screenshots/mock';
const only = process.argv.slice(3);
mkdirSync(folder, { recursive: true });

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
const PAGES = {
  things: '/things', thing: '/things/pump-1', sick: '/things/pump-2?range=1h', stale: '/things/pump-3', building: '/things/building-a',
  edges: '/edges', edge: '/edges/edge-2', node: '/edges/building-a', system: '/system',
  explore: '/explore?s=pump-1/flow,pump-2/flow,pump-1/pressure&layout=together&range=1h', week: '/things/pump-1?range=7d', missing: '/things/pmup-1',
  binding: '/things/pump-1?tab=binding', actions: '/things/pump-1?tab=actions', corrections: '/things/pump-1?tab=corrections', corrected: '/things/pump-1?range=1h&p=flow,pressure',
  models: '/models', model: '/models/centrifugal-pump', differences: '/models/centrifugal-pump?tab=differences',
  resources: '/resources', resource: '/resources/Thing/pump-1', revisions: '/resources?tab=changes', drift: '/resources?tab=drift', descriptions: '/resources?tab=descriptions',
  onboarding: '/onboarding', proposal: '/onboarding/proposal?candidate=sparkplug%3Aplant2%2Fgw7%2Fmixer', quality: '/quality', sql: '/sql',
};
const complaints = [];
let port = 18200;

async function shoot(mode, variants, names) {
  const server = await startMock(++port, mode);
  for (const { language, scheme, width = 1440, height = 900 } of variants) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: language === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Europe/Berlin' });
    const page = await context.newPage();
    page.on('console', (message) => { if (message.type() === 'error' && mode !== 'error' && !/40[14]/.test(message.text())) complaints.push(`${mode} ${page.url()}: ${message.text()}`); });
    page.on('pageerror', (error) => complaints.push(`${mode} ${page.url()}: ${error.message}`));
    const save = (name) => page.screenshot({ path: `${folder}/${mode}-${name}-${language}-${scheme}-${width}.png` });
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForSelector('form');
    if (names.includes('login')) await save('login');
    await page.fill('input[type=password]', 'millrace');
    await page.click('button[type=submit]');
    await page.waitForSelector('nav');
    for (const name of names) {
      if (!PAGES[name]) continue;
      await page.goto(`http://127.0.0.1:${port}${PAGES[name]}`);
      await page.waitForTimeout(mode === 'error' ? 5500 : 1600);
      await save(name);
    }
    if (names.includes('palette')) {
      await page.keyboard.press('Control+k');
      await page.waitForTimeout(700);
      await page.keyboard.type('pump');
      await page.waitForTimeout(900);
      await save('palette');
      await page.keyboard.press('Escape');
    }
    if (names.includes('hover')) {
      await page.goto(`http://127.0.0.1:${port}/things/pump-2?range=1h`);
      await page.waitForTimeout(1500);
      const box = await page.locator('.chart').boundingBox();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 120);
      await page.waitForTimeout(400);
      await save('hover-chart');
      await page.locator('.reading').nth(3).hover();
      await page.waitForTimeout(700);
      await save('hover-value');
    }
    if (names.includes('dialogs')) {
      await page.goto(`http://127.0.0.1:${port}/things/pump-2?range=1h&p=vibration,flow,running`);
      await page.waitForTimeout(1500);
      await save('bad-marks');
      await page.locator('.panel-head button').last().click();
      await page.waitForTimeout(500);
      await save('range');
      await page.keyboard.press('Escape');
      await page.locator('button[aria-pressed]').last().click();
      await page.waitForTimeout(600);
      await save('table');
      await page.goto(`http://127.0.0.1:${port}/system`);
      await page.waitForTimeout(1200);
      await page.locator('.page > .panel > .panel-head button').nth(1).click();
      await page.waitForTimeout(500);
      await page.keyboard.type('notebook');
      await save('token');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(700);
      await save('token-made');
    }
    if (names.includes('changing')) {
      await page.goto(`http://127.0.0.1:${port}/models/centrifugal-pump?tab=edit`);
      await page.waitForTimeout(1400);
      const yaml = await page.locator('.yaml-editor textarea').inputValue();
      await page.locator('.yaml-editor textarea').fill(yaml.replace('maximum: 120', 'maximum: 90'));
      await page.locator('.panel button').first().click();
      await page.waitForTimeout(1500);
      await save('model-plan');
      await page.goto(`http://127.0.0.1:${port}/resources/Thing/pump-1`);
      await page.waitForTimeout(1200);
      const thing = await page.locator('.yaml-editor textarea').inputValue();
      await page.locator('.yaml-editor textarea').fill(thing.replace('pump@2', 'pmup@2'));
      await page.waitForTimeout(1200);
      await save('yaml-problem');
      await page.locator('.page button').first().click();
      await page.waitForTimeout(600);
      await save('delete');
    }
    if (names.includes('doing')) {
      await page.goto(`http://127.0.0.1:${port}/things/pump-1?tab=actions`);
      await page.waitForTimeout(1200);
      await page.locator('.panel button').first().click();
      await page.waitForTimeout(500);
      await page.keyboard.type('1480');
      await save('invoke');
      await page.goto(`http://127.0.0.1:${port}/things/pump-1?range=1h&p=flow,pressure`);
      await page.waitForTimeout(1400);
      await page.locator('button[aria-pressed=false]').first().click();
      const chart = await page.locator('.chart').boundingBox();
      await page.mouse.move(chart.x + chart.width * 0.6, chart.y + 120);
      await page.mouse.down();
      await page.mouse.move(chart.x + chart.width * 0.75, chart.y + 130, { steps: 4 });
      await page.mouse.up();
      await page.waitForTimeout(900);
      await save('correct');
    }
    if (names.includes('bringing')) {
      await page.goto(`http://127.0.0.1:${port}/onboarding?tab=browse`);
      await page.waitForTimeout(1200);
      await page.locator('.panel button').first().click();
      await page.waitForTimeout(900);
      await page.locator('[role=treeitem] input').nth(1).click();
      await page.waitForTimeout(300);
      await save('browse');
      await page.goto(`http://127.0.0.1:${port}/onboarding?tab=table`);
      await page.waitForTimeout(1000);
      await page.setInputFiles('input[type=file]', { name: 'tags.csv', mimeType: 'text/csv', buffer: Buffer.from('thing,model,connection,property,address,unit\npump-4,p@2,pump-line,flow,ns=2;s=A,l/min\npump-5,p@2,pump-line,flow,ns=2;s=B,gpm\n') });
      await page.waitForTimeout(900);
      await save('table-dry-run');
    }
    if (names.includes('asking')) {
      await page.goto(`http://127.0.0.1:${port}/sql`);
      await page.waitForTimeout(1200);
      await page.locator('.sql-examples button').nth(1).click();
      await page.locator('.sql-editor').press('Control+Enter');
      await page.waitForTimeout(900);
      await save('sql-result');
      await page.locator('.mantine-SegmentedControl-label').nth(1).click();
      await page.waitForTimeout(900);
      await save('sql-chart');
    }
    if (names.includes('offline')) {
      await page.goto(`http://127.0.0.1:${port}/things/pump-1`);
      await page.waitForTimeout(1500);
      await fetch(`http://127.0.0.1:${port}/mock/outage?ms=8000`, { method: 'POST' });
      await page.waitForTimeout(5000);
      complaints.length = 0;
      await save('offline');
      await page.waitForTimeout(4000);
    }
    await context.close();
  }
  server.closeAllConnections();
  server.close();
}

const wanted = (names) => (only.length === 0 ? names : names.filter((name) => only.includes(name)));
const all = wanted(['login', ...Object.keys(PAGES), 'palette', 'hover', 'dialogs', 'changing', 'doing', 'bringing', 'asking', 'offline']);
const en = { language: 'en', scheme: 'light' };
const zh = { language: 'zh', scheme: 'dark' };
const modes = process.env.MODES?.split(',') ?? ['full', 'empty', 'error', 'big', 'viewer'];
if (modes.includes('full')) await shoot('full', [en, zh], all);
if (modes.includes('narrow')) await shoot('full', [{ ...en, width: 1280, height: 800 }, { ...zh, width: 820, height: 1180 }, { ...en, width: 420, height: 860 }], all);
if (modes.includes('empty')) await shoot('empty', [en], wanted(['things', 'edges', 'system', 'models', 'resources', 'onboarding', 'quality']));
if (modes.includes('error')) await shoot('error', [en], wanted(['things', 'edges', 'quality', 'models']));
if (modes.includes('big')) await shoot('big', [{ language: 'zh', scheme: 'light' }], wanted(['things']));
if (modes.includes('viewer')) await shoot('viewer', [en], wanted(['system', 'sql', 'onboarding', 'actions']));
await browser.close();
complaints.forEach((line) => console.error(line));
process.exit(complaints.length > 0 ? 1 : 0);
