// What a thing model says of each property and action, as rows; from its WoT document.

export interface ModelProperty {
  name: string;
  type: string;
  unit: string;
  min: string;
  max: string;
  intervalMs: number | null;
  rules: [string, string][];
  alarms: number;
  writable: boolean;
}

type Document = Record<string, unknown>;

const asObject = (value: unknown): Document => (typeof value === 'object' && value !== null ? value as Document : {});
const asText = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

export function modelProperties(spec: Document): ModelProperty[] {
  return Object.entries(asObject(spec['properties'])).map(([name, raw]) => {
    const property = asObject(raw);
    const interval = property['mr:interval_ms'];
    return {
      name,
      type: asText(property['mr:type'] ?? property['type'] ?? property['tm:ref']),
      unit: asText(property['unit']), min: asText(property['minimum']), max: asText(property['maximum']),
      intervalMs: typeof interval === 'number' ? interval : null,
      rules: Object.entries({ ...asObject(property['mr:quality']), ...asObject(property['mr:filter']) })
        .map(([rule, value]) => [rule, asText(value)]),
      alarms: Array.isArray(property['mr:alarms']) ? property['mr:alarms'].length : 0,
      writable: property['readOnly'] !== true,
    };
  });
}

export function modelActions(spec: Document): string[] {
  return Object.keys(asObject(spec['actions']));
}

/** Models it extends or holds as parts. */
export function modelLinks(spec: Document): { rel: string; href: string }[] {
  const links = Array.isArray(spec['links']) ? spec['links'].map(asObject) : [];
  return links.map((link) => ({ rel: asText(link['rel']).replace('tm:', ''), href: asText(link['href']) })).filter((link) => link.href !== '');
}
