// A stand-in for the hub while pages are being made: node test/mock/server.mjs [port]
// MOCK=full|big|empty|error|viewer says what it shows. POST /mock/outage?ms=8000 makes it silent for a while.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detailOf, edgesOf, eventsOf, historyOf, importsOf, lossesOf, sitesOf, systemOf } from './answers.mjs';
import { makeFoundation } from './foundation.mjs';
import { currentOf, fitting, makePlant, summaryOf } from './plant.mjs';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.svg': 'image/svg+xml' };

export function startMock(port, mode = 'full') {
  const things = mode === 'empty' ? [] : makePlant(mode === 'big');
  const tokens = mode === 'empty' ? [] : [{ id: 'tok-4', name: 'grafana', role: 'viewer', created: '2026-03-01T06:00:00Z', created_by: 'admin', expires: null, last_used: new Date(Date.now() - 90_000).toISOString() }];
  const accounts = mode === 'empty' ? [] : [
    { kind: 'edge', name: 'edge-1', site: 'riverside', topics: [], may_command: false, connected: true },
    { kind: 'device', name: 'meter-7', site: null, topics: ['hall/7/#'], may_command: false, connected: null },
    { kind: 'consumer', name: 'scada', site: null, topics: [], may_command: true, connected: null },
  ];
  const streams = new Set();
  const foundation = makeFoundation(mode, { problem: (...parts) => problem(...parts), page: (...parts) => page(...parts) });
  let sites = { at: 0, items: [] };
  let silentUntil = 0;
  const role = mode === 'viewer' ? 'viewer' : 'administrator';

  const problem = (status, code, what, hint = '') => [status, { type: `urn:millrace:error:${code}`, title: code, status, code, what, hint, retry: status >= 500 ? 'later' : 'never' }];
  const page = (items, query) => {
    const limit = Number(query.get('limit') ?? 100);
    const from = Number(query.get('cursor') ?? 0);
    return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null };
  };
  const matching = (list, query, text) => {
    const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    return list.filter((one) => words.every((word) => text(one).toLowerCase().includes(word)));
  };

  const seriesOf = (query) => {
    const wanted = query.get('things')?.split(',');
    const all = things.filter((thing) => !wanted || wanted.includes(thing.id)).flatMap((thing) => thing.properties.map((p) => ({
      id: p.series, thing: thing.id, property: p.name, title: p.title, type: p.type, unit: p.unit, tags: { site: thing.site, area: thing.area, line: thing.line },
      source: { kind: thing.source, name: thing.edge ?? 'fd001.txt' }, model_version: null, last_sample: null,
    })));
    return page(matching(all, query, (one) => `${one.thing} ${one.property} ${one.title}`), query);
  };

  const answer = (method, path, query, body) => {
    const now = Date.now();
    const edges = mode === 'empty' ? [] : edgesOf(now);
    const [, , , noun, id, more] = path.split('/');
    if (path === '/healthz') return [200, { status: 'ok', version: '0.1.0', uptime_seconds: 1 }];
    if (noun === 'login') return body.password === 'millrace' ? [200, { token: 'mrs_mock', user: body.user, role, expires: '2027-01-01T00:00:00Z' }] : problem(401, 'unauthenticated', 'wrong password');
    if (noun === 'logout') return [204, null];
    if (noun === 'me') return [200, { user: 'admin', role, via: 'session', expires: '2027-01-01T00:00:00Z' }];
    if (mode === 'error') return problem(503, 'unavailable', 'the store is being recovered', 'Try again in a few seconds.');
    if (noun === 'sites') {
      // A hub counts as values come; ten thousand things at each question would measure this tool.
      if (now - sites.at > (mode === 'big' ? 60_000 : 0)) sites = { at: now, items: sitesOf(things, now) };
      return [200, page(sites.items, query)];
    }
    const more2 = foundation(method, path, query, body, things, now);
    if (more2) return more2;
    if (noun === 'things' && !id) {
      const found = page(fitting(matching(things, query, (one) => `${one.id} ${one.title}`), query, now), query);
      return [200, { ...found, items: found.items.map((thing) => summaryOf(thing, now)) }];
    }
    if (noun === 'things') {
      const thing = things.find((one) => one.id === id);
      return thing ? [200, detailOf(thing, now)] : problem(404, 'not_found', `thing '${id}' is unknown`, 'Did you mean pump-1?');
    }
    if (noun === 'series') return [200, seriesOf(query)];
    if (noun === 'query') {
      const [start, end] = [Date.parse(body.start), Date.parse(body.end)];
      if (!body.properties.every((pick) => things.some((one) => one.id === pick.thing))) return problem(404, 'not_found', 'a thing is unknown');
      const stepMs = body.step ? Number.parseInt(body.step, 10) : null;
      const items = body.properties.map(({ thing, property }) => {
        const one = things.find((t) => t.id === thing);
        return historyOf(one, one.properties.find((p) => p.name === property), start, end, body.max_points, stepMs);
      });
      return [200, { start: body.start, end: body.end, commit: 4711, items }];
    }
    if (noun === 'edges' && more === 'losses') return [200, { items: id === 'edge-2' ? lossesOf(now) : [], next: null }];
    if (noun === 'edges' && !id) return [200, page(edges, query)];
    if (noun === 'edges') return edges.some((one) => one.name === id) ? [200, edges.find((one) => one.name === id)] : problem(404, 'not_found', `edge '${id}' is unknown`);
    if (noun === 'events') return [200, page(mode === 'empty' ? [] : eventsOf(query.get('subject'), now).filter((one) => one.kind.startsWith(query.get('kind') ?? '')), query)];
    if (noun === 'imports') return [200, { items: mode === 'empty' ? [] : importsOf(now), next: null }];
    if (noun === 'accounts' && method === 'GET') return [200, { items: accounts, next: null }];
    if (noun === 'accounts' && method === 'DELETE') return [204, accounts.splice(accounts.findIndex((one) => one.name === id), 1) && null];
    if (noun === 'accounts' && more === 'password') return [200, { ...accounts.find((one) => one.name === id), password: '9fKq3X51d0c2e1a97b4f6f8e21d7c5aa' }];
    if (noun === 'accounts') {
      const made = { site: null, topics: [], may_command: false, ...body };
      accounts.push({ ...made, connected: made.kind === 'edge' ? false : null });
      return [201, { ...made, password: 'q3X51d0c2e1a97b4f6f8e21d7c5aa9fK' }];
    }
    if (noun === 'access') return [200, { accounts, tokens }];
    if (noun === 'tokens' && method === 'GET') return [200, { items: tokens, next: null }];
    if (noun === 'tokens' && method === 'POST') {
      const made = { id: `tok-${tokens.length + 5}`, created: new Date(now).toISOString(), created_by: 'admin', last_used: null, ...body };
      tokens.unshift(made);
      return [201, { ...made, token: 'mrt_51d0c2e1a97b4f6f8e21d7c5' }];
    }
    if (noun === 'tokens') return [204, tokens.splice(tokens.findIndex((one) => one.id === id), 1) && null];
    if (path === '/api/v1/system/backup') return [201, { name: '2026-03-01T060000Z', path: '/var/lib/millrace/backup/2026-03-01T060000Z', commit: 4711, bytes: 215_056_384, started: new Date(now).toISOString(), finished: new Date(now + 3000).toISOString() }];
    if (path === '/api/v1/system/backup/verify') return [200, { name: body.name, valid: true, checksum: '9f86d081', files: 14, bytes: 215_056_384, problems: [] }];
    if (path === '/api/v1/system/seal') return [200, systemOf(things, now).store];
    if (noun === 'system') return [200, systemOf(things, now)];
    return problem(404, 'not_found', `${path} is unknown`);
  };

  const live = (request, response, query) => {
    const wanted = new Set((query.get('things') ?? '').split(','));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const tell = () => {
      const now = Date.now();
      for (const thing of things.filter((one) => wanted.has(one.id))) {
        for (const property of thing.properties) send('value', { thing: thing.id, property: property.name, ...currentOf(thing, property, now) });
      }
      if (mode !== 'empty') edgesOf(now).forEach((edge) => send('edge', edge));
    };
    send('hello', { time: new Date().toISOString(), interval_ms: 500, heartbeat_ms: 15000 });
    tell();
    const timer = setInterval(tell, 500);
    streams.add(response);
    request.on('close', () => { clearInterval(timer); streams.delete(response); });
  };

  const file = (path, response) => {
    const wanted = join(DIST, path);
    const found = path !== '/' && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(DIST, 'index.html');
    response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
    createReadStream(found).pipe(response);
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock');
    if (url.pathname === '/mock/outage') {
      silentUntil = Date.now() + Number(url.searchParams.get('ms'));
      streams.forEach((stream) => stream.destroy());
      return response.end();
    }
    if (!url.pathname.startsWith('/api') && url.pathname !== '/healthz') return file(url.pathname, response);
    if (Date.now() < silentUntil) return request.destroy();
    const parts = [];
    for await (const part of request) parts.push(part);
    const knows = request.headers.authorization || /millrace_session/.test(request.headers.cookie ?? '') || url.pathname.endsWith('/login');
    if (url.pathname === '/api/v1/live' && knows && mode !== 'error') return live(request, response, url.searchParams);
    if (url.pathname === '/api/v1/export') {
      response.writeHead(200, { 'content-type': 'text/csv', 'x-millrace-rows': '2' });
      return response.end('thing,property,series,time,value,unit,quality,quality_code,reasons\n');
    }
    const text = Buffer.concat(parts).toString();
    const body = text === '' ? null : /application\/json/.test(request.headers['content-type']) ? JSON.parse(text) : text;
    const [status, data, more] = knows ? answer(request.method, url.pathname, url.searchParams, body) : problem(401, 'unauthenticated', 'no token');
    const headers = { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...more };
    if (url.pathname.endsWith('/login') && status === 200) headers['set-cookie'] = 'millrace_session=mock; Path=/; SameSite=Strict';
    if (url.pathname.endsWith('/logout')) headers['set-cookie'] = 'millrace_session=; Path=/; Max-Age=0';
    response.writeHead(status, headers);
    response.end(data === null ? undefined : JSON.stringify(data));
  });
  return new Promise((resolve) => { server.listen(port, '127.0.0.1', () => resolve(server)); });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? 8090);
  await startMock(port, process.env.MOCK ?? 'full');
  console.log(`http://127.0.0.1:${port}  (admin / millrace)`);
}
