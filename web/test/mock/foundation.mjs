// The data foundation of the mock hub: resources, models, onboarding, quality, SQL.
import { makeResources } from './resources.mjs';
import { browsed, candidatesOf, proposalOf, tagRowsOf } from './onboarding.mjs';
import { filterReport, problemsOf, scoresOf } from './quality.mjs';
import { answerSql, TABLES } from './sql.mjs';
import { makeDirectory } from './directory.mjs';

export function makeFoundation(mode, { problem, page }) {
  const resources = makeResources(mode === 'empty');
  const corrections = [];
  const directory = makeDirectory(mode === 'empty', problem);
  return (method, path, query, body, things, now) => {
    const [, , , noun, id, name] = path.split('/');
    if (noun === 'tags') return [200, page(tagsOf(things), query)];
    if (noun === 'things') return null;
    const may = mode !== 'viewer';
    if (method !== 'GET' && !may && !['validate', 'plan', 'drift', 'history'].includes(id) && ['resources', 'corrections', 'wot', 'onboarding'].includes(noun)) {
      return problem(403, 'forbidden', 'a viewer may not configure', 'Ask an administrator of this hub.');
    }
    if (['resources', 'revisions', 'thing-models'].includes(noun)) return resources(method, noun, id, name, query, body, page, problem, now);
    if (noun === 'units') return [200, { unit: query.get('unit'), canonical: query.get('unit'), hint: null }];
    if (noun === 'wot' && id === 'things') return directory(method, name && decodeURIComponent(name), query, body, things, now);
    if (noun === 'wot' && (method === 'POST' || method === 'PUT')) return [204, null];
    if (noun === 'corrections' && method === 'POST') {
      const made = { value: null, method: null, ...body, id: corrections.length + 8, by: 'admin', role: 'administrator', time: new Date(now).toISOString(), commit: 4712 + corrections.length };
      corrections.unshift(made);
      return [201, { id: made.id, commit: made.commit }];
    }
    if (noun === 'corrections') {
      const old = { id: 7, thing: 'pump-1', property: 'flow', start: new Date(now - 2_400_000).toISOString(), end: new Date(now - 1_900_000).toISOString(), action: 'invalidate', value: null, method: null, by: 'mia', role: 'ot_engineer', reason: 'Flow meter was being cleaned', time: new Date(now - 1_200_000).toISOString(), commit: 4690 };
      return [200, page(mode === 'empty' ? [] : [...corrections, old].filter((one) => !query.get('thing') || one.thing === query.get('thing')), query)];
    }
    if (noun === 'quality' && id === 'scores') return [200, scoresOf(things, query, now)];
    if (noun === 'quality') return [200, page(mode === 'empty' ? [] : problemsOf(now), query)];
    if (noun === 'filters') return [200, page(mode === 'empty' ? [] : filterReport(), query)];
    if (noun === 'onboarding' && !id) return [200, page(mode === 'empty' ? [] : candidatesOf(now), query)];
    if (noun === 'onboarding' && id === 'browse') return /down/.test(JSON.stringify(body.connection)) ? problem(503, 'unavailable', 'opc.tcp://10.0.0.9:4840 does not answer', 'Check the address and the firewall.') : [200, browsed(body)];
    if (noun === 'onboarding' && id === 'proposal') return [200, proposalOf(body)];
    if (noun === 'onboarding') return [200, tagRowsOf(body, query.get('dry_run') === 'true')];
    if (noun === 'query' && id === 'sql' && name === 'tables') return may ? [200, { items: TABLES }] : problem(403, 'forbidden', 'a viewer may not ask by SQL');
    if (noun === 'query' && id === 'sql') return answerSql(body, problem);
    return null;
  };
}

function tagsOf(things) {
  const counts = new Map();
  for (const thing of things) for (const tag of Object.entries(thing.tags)) counts.set(tag.join(':'), (counts.get(tag.join(':')) ?? 0) + 1);
  return [...counts].sort().map(([tag, count]) => ({ key: tag.split(':')[0], value: tag.split(':')[1], things: count }));
}
