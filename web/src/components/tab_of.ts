/** The tab that the address names; the first where it names none of these. */
export function tabOf<Tab extends string>(query: URLSearchParams, tabs: readonly [Tab, ...Tab[]]): Tab {
  const named = query.get('tab');
  return tabs.find((tab) => tab === named) ?? tabs[0];
}
