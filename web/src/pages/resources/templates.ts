// What a new resource of each kind looks like, to be filled in.
import type { ResourceKind } from '@/api/types';

export const KINDS: readonly ResourceKind[] = ['Site', 'ThingModel', 'Thing', 'Connection', 'Binding', 'Retention'];

export function isKind(text: string | null): text is ResourceKind {
  return KINDS.some((kind) => kind === text);
}

export const TEMPLATES: Record<ResourceKind, string> = {
  Site: 'kind: Site\nname: works-north\nspec:\n  title: Works North\n  enterprise: acme\n  time_zone: Europe/Berlin\n',
  ThingModel: `kind: ThingModel
name: centrifugal-pump
version: 1
spec:
  title: Centrifugal pump
  properties:
    flow:
      type: number
      unit: m3/h
      minimum: 0
      maximum: 120
      readOnly: true
      observable: true
      mr:interval_ms: 1000
      mr:quality: {rate_max_per_s: 50, flat_line_s: 600, stale_s: 30}
`,
  Thing: `kind: Thing
name: pump-1
spec:
  title: Feed pump 1
  model: centrifugal-pump@1
  place: {site: works-north, area: hall-2, line: line-1}
  tags: {criticality: high}
`,
  Connection: 'kind: Connection\nname: pump-line\nspec:\n  edge: edge-1\n  opcua: {url: "opc.tcp://10.0.0.7:4840", security: none}\n',
  Binding: `kind: Binding
name: pump-1-opcua
spec:
  thing: pump-1
  connection: pump-line
  properties:
    - {property: flow, address: "ns=2;s=Pump1.Flow", unit: l/min}
`,
  Retention: 'kind: Retention\nname: default\nspec: {raw_d: 730, minutes_d: 1825, hours_d: 0}\n',
};
