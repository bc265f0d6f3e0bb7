// What an account looks like in the files and forms of who uses it.
import type { Account, AccountRequest, NewAccount } from '@/api/types';

/** Where the hub's own broker is for others than the hub. */
export interface BrokerPlace {
  address: string; // host:port
  isLocalOnly: boolean; // it takes only programs on the hub's machine
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A broker that listens on every address is where the page came from. */
export function brokerPlace(broker: { address: string; listen?: string | null | undefined }, pageHost: string): BrokerPlace {
  const port = broker.address.slice(broker.address.lastIndexOf(':'));
  if (broker.listen === '0.0.0.0') return { address: pageHost + port, isLocalOnly: false };
  return { address: broker.address, isLocalOnly: typeof broker.listen === 'string' && isLoopback(broker.listen) };
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

export interface AccountForm {
  kind: Account['kind'];
  name: string;
  site: string;
  topics: string;
  mayCommand: boolean;
}

export const EMPTY_FORM: AccountForm = { kind: 'edge', name: '', site: '', topics: '', mayCommand: false };

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** One filter a line. */
export function topicsOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

/** What the hub is asked for; null while something that the kind needs is missing. */
export function requestOf({ kind, name, site, topics, mayCommand }: AccountForm): AccountRequest | null {
  if (!isName(name)) return null;
  if (kind === 'edge') return isName(site) ? { kind, name, site, may_command: false } : null;
  if (kind === 'consumer') return { kind, name, may_command: mayCommand };
  const filters = topicsOf(topics);
  return filters.length > 0 ? { kind, name, topics: filters, may_command: false } : null;
}

/** The edge's file (millrace-edge run --config): who it is and where the hub is. */
export function edgeFile({ name, site, password }: NewAccount, broker: string): string {
  return [
    `site: ${site ?? ''}`, `edge: ${name}`, `data_dir: ${name}`,
    'hub:', `  servers: ["${broker}"]`, `  user: ${name}`, `  password: "${password}"`,
  ].join('\n');
}
