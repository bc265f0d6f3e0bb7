const PATHS = {
  things: 'M4 5h6v6H4zM14 5h6v6h-6zM4 15h6v4H4zM14 15h6v4h-6z',
  explore: 'M4 19V5M4 19h16M7 15l4-5 3 3 5-7',
  edges: 'M12 20a1 1 0 1 0 0-.01M8.5 16.5a5 5 0 0 1 7 0M5.5 13a9.5 9.5 0 0 1 13 0M2.7 9.6a13.5 13.5 0 0 1 18.6 0',
  system: 'M4 6h16M4 12h16M4 18h16M8 4v4M16 10v4M10 16v4',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z',
  language: 'M3 6h10M8 4v2M11 6c-1 4-4 7-8 9M5 9c2 3 4 5 7 6M12 20l4-9 4 9M13.5 17h5',
  logout: 'M14 5H6v14h8M11 12h10M18 9l3 3-3 3',
  down: 'M6 9l6 6 6-6',
  bad: 'M6 6l12 12M18 6L6 18',
  uncertain: 'M12 3l9 9-9 9-9-9z',
  stale: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  good: 'M5 12.5l4.5 4.5L19 7.5',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  zoomIn: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20M8 10.5h5M10.5 8v5',
  zoomOut: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20M8 10.5h5',
  left: 'M15 6l-6 6 6 6',
  right: 'M9 6l6 6-6 6',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  table: 'M4 5h16v14H4zM4 10h16M10 10v9',
  key: 'M8 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 11h9v3M17 11v2.5',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  model: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  plus: 'M12 5v14M5 12h14',
  menu: 'M4 7h16M4 12h16M4 17h16',
  offline: 'M3 3l18 18M12 20a1 1 0 1 0 0-.01M8.5 16.5a5 5 0 0 1 6-.8M5.5 13a9.5 9.5 0 0 1 5-2.6M2.7 9.6a13.5 13.5 0 0 1 4-2.7M11 6a13.5 13.5 0 0 1 10.3 3.6',
  error: 'M12 4l9 16H3zM12 10v4M12 17v.01',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
} as const;

export type IconName = keyof typeof PATHS;

interface Props {
  name: IconName;
  size?: number;
  label?: string;
}

/** A line drawing of 24 × 24; decoration unless it has a label. */
export function Icon({ name, size = 18, label }: Props) {
  return (
    <svg
      width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={1.8}
      strokeLinecap="round" strokeLinejoin="round" style={{ flex: 'none' }}
      role={label ? 'img' : undefined} aria-label={label} aria-hidden={label ? undefined : true}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
