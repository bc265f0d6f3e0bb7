import { unitText } from '@/format/number';
import type { Panel } from './panels';

interface Props {
  panel: Panel;
  labels: ReadonlyMap<string, string>;
  colors: ReadonlyMap<string, string>;
  top: number;
}

/** Which line is which, above its panel. */
export function ChartHead({ panel, labels, colors, top }: Props) {
  return (
    <div className="chart-head" style={{ top }}>
      {panel.lines.map((line) => (
        <span key={line.key}>
          <i style={{ background: colors.get(line.key) }} />
          <b>{labels.get(line.key) ?? line.key}</b>
        </span>
      ))}
      {panel.unit !== '' && <span className="quiet">{unitText(panel.unit)}</span>}
    </div>
  );
}
