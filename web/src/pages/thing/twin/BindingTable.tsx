import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ThingDetail } from '@/api/types';
import { AlarmLimits } from '@/components/AlarmLimits';
import { NO_VALUE, formatInteger, formatSetting, labelOf, unitText } from '@/format/number';
import { formatInterval } from '@/format/time';
import { useLocale } from '@/i18n/locale';

/** Which source feeds each property, and what the model promises of it. */
export function BindingTable({ thing }: { thing: ThingDetail }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const number = (value: number | null | undefined) => (value === null || value === undefined ? NO_VALUE : formatSetting(value, locale));
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('thing.property')}</th><th scope="col">{t('thing.binding')}</th><th scope="col">{t('thing.address')}</th><th scope="col">{t('thing.conversion')}</th>
            <th scope="col" className="num">{t('thing.range')}</th><th scope="col">{t('limit.column')}</th><th scope="col" className="num">{t('thing.rate')}</th><th scope="col">{t('model.rules')}</th>
          </tr>
        </thead>
        <tbody>
          {thing.properties.map((one) => {
            const { binding, contract } = one;
            const rules = [
              contract?.rate_max_per_s != null && `${t('reason.short.rate_of_change')} ${number(contract.rate_max_per_s)}/s`,
              contract?.flat_line_s != null && `${t('reason.short.flat_line')} ${formatInteger(contract.flat_line_s, locale)} s`,
              contract?.stale_s != null && `${t('reason.short.stale')} ${formatInteger(contract.stale_s, locale)} s`,
              contract?.filter,
            ].filter(Boolean);
            return (
              <tr key={one.name}>
                <th scope="row">{labelOf(one.title, one.name)}</th>
                <td style={{ whiteSpace: 'nowrap' }}>{binding ? <Anchor component={Link} to={`/resources/Binding/${binding.name}`} fz="inherit">{binding.source}</Anchor> : <span className="quiet">{t('thing.unbound')}</span>}</td>
                <td className="mono">{binding?.address ?? NO_VALUE}</td>
                <td className="quiet" style={{ whiteSpace: 'nowrap' }}>{binding && binding.unit !== one.unit ? `${unitText(binding.unit)} → ${unitText(one.unit)}` : unitText(one.unit) || NO_VALUE}</td>
                <td className="num">{contract && (contract.min !== null || contract.max !== null) ? `${number(contract.min)} … ${number(contract.max)}` : NO_VALUE}</td>
                <td>{contract && contract.alarms.length > 0 ? <AlarmLimits limits={contract.alarms} /> : NO_VALUE}</td>
                <td className="num">{contract?.interval_ms != null ? formatInterval(contract.interval_ms, locale) : NO_VALUE}</td>
                <td className="quiet">{rules.join(t('list.separator')) || NO_VALUE}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
