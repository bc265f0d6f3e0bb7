// The Thing Directory of the mock hub: its own things, and what was registered.
const own = (thing) => ({ '@context': 'https://www.w3.org/2022/wot/td/v1.1', id: `urn:millrace:millrace:${thing.id}`, title: thing.title, security: 'bearer', securityDefinitions: { bearer: { scheme: 'bearer' } } });

const LAMP = {
  '@context': 'https://www.w3.org/2022/wot/td/v1.1', id: 'urn:dev:ops:32473-lamp-1234', title: 'Lamp of hall 2', security: 'nosec_sc', securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
  properties: { on: { type: 'boolean', forms: [{ href: 'http://10.0.0.12/on' }] } }, registration: { created: '2026-02-27T09:30:00Z', modified: '2026-02-28T14:05:00Z' },
};

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

export function makeDirectory(empty, problem) {
  const foreign = new Map(empty ? [] : [[LAMP.id, LAMP]]);
  return (method, id, query, text, things, now) => {
    const all = [...things.map(own), ...foreign.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (method === 'GET' && !id) {
      const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 100)];
      const next = offset + limit < all.length ? { link: `</api/v1/wot/things?offset=${offset + limit}&limit=${limit}>; rel="next"` } : {};
      return [200, all.slice(offset, offset + limit), next];
    }
    if (id?.startsWith('urn:millrace:millrace:') && method !== 'GET') return problem(409, 'conflict', `'${id}' is an id of this hub's own things`, "Change the thing's resources; its description follows them.");
    const known = all.find((one) => one.id === id);
    if (!known && ['GET', 'DELETE'].includes(method)) return problem(404, 'not_found', `there is no Thing Description with the id '${id}'`);
    if (method === 'GET') return [200, known];
    if (method === 'DELETE') return [204, foreign.delete(id) && null];
    const document = parsed(text);
    if (document === null || typeof document !== 'object') return problem(400, 'malformed', 'the body is not JSON', 'Send a Thing Description as application/td+json.');
    const validationErrors = ['title', 'security', 'securityDefinitions'].filter((term) => !(term in document)).map((term) => ({ field: '(root)', description: `${term} is required` }));
    if (validationErrors.length > 0) {
      const [status, refusal] = problem(400, 'invalid', `the Thing Description has ${validationErrors.length} problems; nothing was changed`, `(root): ${validationErrors[0].description}`);
      return [status, { ...refusal, validationErrors }];
    }
    const under = id ?? `urn:uuid:6f1c2a4e-0b0d-4a57-9d5e-${String(foreign.size).padStart(12, '0')}`;
    const time = new Date(now).toISOString();
    foreign.set(under, { ...document, id: under, registration: { created: known?.registration.created ?? time, modified: time } });
    return [known ? 204 : 201, null];
  };
}
