// The nodes of a server as rows of a tree, and which of them are picked.
import type { BrowsedNode } from '@/api/types';

export interface NodeRow {
  node: BrowsedNode;
  depth: number;
  /** Children that are known; a folder without any may still have some. */
  children: number;
  open: boolean;
}

/** Adds what was found below a node to what is known; a node found twice stays where it was. */
export function merged(known: readonly BrowsedNode[], found: readonly BrowsedNode[], below: string | null): BrowsedNode[] {
  const have = new Set(known.map((node) => node.address));
  return [...known, ...found.filter((node) => !have.has(node.address)).map((node) => ({ ...node, parent: node.parent ?? below }))];
}

/** Rows from the top, children below their parent when it is open. With words, whatever leads to a hit is open. */
export function nodeRows(nodes: readonly BrowsedNode[], open: ReadonlySet<string>, words: string): NodeRow[] {
  const byParent = new Map<string | null, BrowsedNode[]>();
  const known = new Set(nodes.map((node) => node.address));
  for (const node of nodes) {
    const parent = node.parent !== null && known.has(node.parent) ? node.parent : null;
    byParent.set(parent, [...(byParent.get(parent) ?? []), node]);
  }
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = (node: BrowsedNode) => wanted.every((word) => `${node.name} ${node.title} ${node.address}`.toLowerCase().includes(word));
  const leads = (node: BrowsedNode, seen: Set<string>): boolean => {
    if (seen.has(node.address)) return false;
    seen.add(node.address);
    return hits(node) || (byParent.get(node.address) ?? []).some((child) => leads(child, seen));
  };
  const rows: NodeRow[] = [];
  const walk = (list: BrowsedNode[], depth: number, above: ReadonlySet<string>) => {
    for (const node of list) {
      if (above.has(node.address) || (wanted.length > 0 && !leads(node, new Set()))) continue;
      const children = byParent.get(node.address) ?? [];
      const isOpen = children.length > 0 && (wanted.length > 0 || open.has(node.address));
      rows.push({ node, depth, children: children.length, open: isOpen });
      if (isOpen) walk(children, depth + 1, new Set([...above, node.address]));
    }
  };
  walk(byParent.get(null) ?? [], 0, new Set());
  return rows;
}

/** All variables at or below a node. */
export function variablesBelow(nodes: readonly BrowsedNode[], address: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const walk = (at: string) => {
    if (seen.has(at)) return;
    seen.add(at);
    const node = nodes.find((one) => one.address === at);
    if (node?.variable) found.push(at);
    nodes.filter((one) => one.parent === at).forEach((child) => walk(child.address));
  };
  walk(address);
  return found;
}
