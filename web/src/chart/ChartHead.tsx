import { AlarmLimits } from '@/components/AlarmLimits';
import { unitText } from '@/format/number';
import type { LimitsOf } from './limits';
import type { Panel } from './panels';

interface Props {
  panel: Panel;
  labels: ReadonlyMap<string, string>;
  colors: ReadonlyMap<string, string>;
  limits: LimitsOf;
  top: number;
}

/** Which line is which, above its panel. */
export function ChartHead({ panel, labels, colors, limits, top }: Props) {
  return (
    <div className="chart-head" style={{ top }}>
      {panel.lines.map((line) => (
        <span key={line.key}>
          <i style={{ background: colors.get(line.key) }} />
          <b>{labels.get(line.key) ?? line.key}</b>
        </span>
      ))}
      {panel.unit !== '' && <span className="quiet">{unitText(panel.unit)}</span>}
      {panel.lines.map((line) => <AlarmLimits key={line.key} limits={limits.get(line.key) ?? []} />)}
    </div>
  );
}
