import { useRef, useState, type PointerEvent } from 'react';
import { PANEL_MARGIN } from './panels';

export interface Selection {
  from: number;
  to: number;
}

const FEWEST_PIXELS = 6;

/** Zoom by dragging: where the pointer went down and where it is, in pixels of the chart. */
export function useDragZoom(width: number, start: number, end: number, onZoom: (start: number, end: number) => void) {
  const [selection, setSelection] = useState<Selection | null>(null);
  const origin = useRef<number | null>(null);

  const inner = Math.max(width - PANEL_MARGIN.left - PANEL_MARGIN.right, 1);
  const clamp = (x: number) => Math.min(Math.max(x, PANEL_MARGIN.left), PANEL_MARGIN.left + inner);
  const xOf = (event: PointerEvent<HTMLElement>) =>
    clamp(event.clientX - event.currentTarget.getBoundingClientRect().left);
  const timeOf = (x: number) => start + ((x - PANEL_MARGIN.left) / inner) * (end - start);

  return {
    selection,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0 || event.pointerType === 'touch') return;
        origin.current = xOf(event);
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        if (origin.current === null) return;
        const x = xOf(event);
        if (selection !== null || Math.abs(x - origin.current) >= FEWEST_PIXELS) {
          setSelection({ from: Math.min(origin.current, x), to: Math.max(origin.current, x) });
        }
      },
      onPointerUp: () => {
        origin.current = null;
        if (selection === null) return;
        setSelection(null);
        onZoom(timeOf(selection.from), timeOf(selection.to));
      },
      onPointerCancel: () => {
        origin.current = null;
        setSelection(null);
      },
    },
  };
}
