// What a thing model says of each property and action, as rows; from its WoT document with all that
// it inherits written out, beside the document as it was written.
import type { AlarmLimit } from '@/api/types';

export type Document = Record<string, unknown>;

/** Where a line comes from: written here, inherited as it is, or inherited and changed here. */
export type OriginKind = 'own' | 'inherited' | 'changed';

export interface Origin {
  kind: OriginKind;
  /** Name and version of the model it comes from, where the links say it. */
  from: string | null;
}

export interface ModelProperty {
  name: string;
  type: string;
  unit: string;
  min: string;
  max: string;
  intervalMs: number | null;
  rules: [string, string][];
  alarms: AlarmLimit[];
  writable: boolean;
  origin: Origin;
}

export interface ModelLink {
  rel: string;
  href: string;
  /** Name of the part; empty for what is no part. */
  instance: string;
}

const asObject = (value: unknown): Document => (typeof value === 'object' && value !== null ? value as Document : {});
const asText = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
const asNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** `resolved` is the whole model, `written` the same without what it inherits. */
export function modelProperties(resolved: Document, written: Document): ModelProperty[] {
  const links = modelLinks(written);
  const here = asObject(written['properties']);
  return Object.entries(asObject(resolved['properties'])).map(([name, raw]) => {
    const property = asObject(raw);
    return {
      name,
      type: asText(property['mr:type'] ?? property['type']),
      unit: asText(property['unit']), min: asText(property['minimum']), max: asText(property['maximum']),
      intervalMs: asNumber(property['mr:interval_ms']),
      rules: Object.entries({ ...asObject(property['mr:quality']), ...asObject(property['mr:filter']) })
        .map(([rule, value]) => [rule, asText(value)]),
      alarms: alarmsOf(property['mr:alarms']),
      writable: property['readOnly'] !== true,
      origin: originOf(name, property, here[name], links),
    };
  });
}

function alarmsOf(raw: unknown): AlarmLimit[] {
  return (Array.isArray(raw) ? raw.map(asObject) : []).map((alarm) => ({
    name: asText(alarm['name']), above: asNumber(alarm['above']), below: asNumber(alarm['below']),
    severity: alarm['severity'] === 'bad' ? 'bad' : 'uncertain',
  }));
}

/** What says more than was written here has it from elsewhere. */
function originOf(name: string, property: Document, written: unknown, links: ModelLink[]): Origin {
  const part = links.find(({ instance }) => instance !== '' && name.startsWith(`${instance}.`));
  const base = part ?? links.find((link) => link.rel === 'extends');
  if (written === undefined) return { kind: 'inherited', from: base?.href ?? null };
  const own = asObject(written);
  const ref = asText(own['tm:ref']).split('#')[0] || null;
  const more = Object.keys(property).some((term) => !(term in own));
  if (ref === null && !more) return { kind: 'own', from: null };
  const said = Object.keys(own).some((term) => term !== 'tm:ref');
  return { kind: said ? 'changed' : 'inherited', from: ref ?? base?.href ?? null };
}

export function modelActions(resolved: Document): string[] {
  return Object.keys(asObject(resolved['actions']));
}

/** Models it extends or holds as parts. */
export function modelLinks(written: Document): ModelLink[] {
  const links = Array.isArray(written['links']) ? written['links'].map(asObject) : [];
  return links
    .map((link) => ({ rel: asText(link['rel']).replace('tm:', ''), href: asText(link['href']), instance: asText(link['instanceName']) }))
    .filter((link) => link.href !== '');
}

/** The page of a model that a link names with its version. */
export function pathOfModel(ref: string): string {
  return `/models/${ref.replace('@', '?v=')}`;
}
