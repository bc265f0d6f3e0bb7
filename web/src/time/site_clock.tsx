import { createContext, useContext, type ReactNode } from 'react';
import { useSystem } from '@/api/system';
import { isZone, viewerZone } from '@/format/time';

const ZoneContext = createContext<string>('UTC');

/** The zone in which the plant's times are shown: the hub's own, or the viewer's if it names none. */
export function SiteZone({ children }: { children: ReactNode }) {
  const named = useSystem().data?.time_zone;
  const zone = named && isZone(named) ? named : viewerZone();
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

export function useSiteZone(): string {
  return useContext(ZoneContext);
}
