import { Link, useSearchParams } from 'react-router';

interface Props {
  label: string;
  tabs: { key: string; label: string; count?: string }[];
  current: string;
}

/** Parts of a page, each with an address of its own; the first is the plain address. */
export function TabLinks({ label, tabs, current }: Props) {
  const [query] = useSearchParams();
  const to = (key: string) => {
    const next = new URLSearchParams(query);
    if (key === tabs[0]?.key) next.delete('tab');
    else next.set('tab', key);
    return `?${next.toString()}`;
  };
  return (
    <nav className="tab-links" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.key} to={to(tab.key)} replace aria-current={tab.key === current ? 'page' : undefined}>
          {tab.label}{tab.count !== undefined && <span className="quiet"> {tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
