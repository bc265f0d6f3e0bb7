import { useEffect, useState, type ReactNode } from 'react';

/** Shows its content only when waiting takes long enough to be noticed. */
export function Delayed({ children, ms = 200 }: { children: ReactNode; ms?: number }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return due ? children : null;
}
