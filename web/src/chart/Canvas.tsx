import { useEffect, useRef } from 'react';
import { init, type EChartsType } from './echarts';

interface Props {
  option: Record<string, unknown>;
  width: number;
  height: number;
}

/** The canvas alone: draws the option it is given and nothing else. */
export function Canvas({ option, width, height }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);

  useEffect(() => {
    const mine = init(host.current!, null, { renderer: 'canvas' });
    chart.current = mine;
    return () => {
      chart.current = null;
      mine.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.resize({ width, height });
  }, [width, height]);

  useEffect(() => {
    chart.current?.setOption(option, { replaceMerge: ['grid', 'xAxis', 'yAxis', 'series'], lazyUpdate: true });
  }, [option]);

  return <div ref={host} style={{ width, height }} aria-hidden />;
}
