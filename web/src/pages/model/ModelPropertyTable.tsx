import { Anchor, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useWholeModel } from '@/api/resources';
import type { Resource } from '@/api/types';
import { AlarmLimits } from '@/components/AlarmLimits';
import { ErrorNotice } from '@/components/ErrorNotice';
import { RowsSkeleton } from '@/components/RowsSkeleton';
import { NO_VALUE, formatSetting, unitText } from '@/format/number';
import { formatInterval } from '@/format/time';
import { useLocale } from '@/i18n/locale';
import { PropertyOrigin } from './PropertyOrigin';
import { modelActions, modelLinks, modelProperties, pathOfModel } from './model_properties';

/** Every property of a model, what it inherits among them, each with where it comes from. */
export function ModelPropertyTable({ model }: { model: Resource }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const whole = useWholeModel(model.name, model.version);
  if (whole.isPending) return <RowsSkeleton rows={6} />;
  if (whole.isError) return <ErrorNotice error={whole.error} sentence={t('model.wholeFailed', { name: model.name })} onRetry={() => void whole.refetch()} />;
  const links = modelLinks(model.spec);
  const actions = modelActions(whole.data);
  // A placeholder, which each thing replaces, stays as it is written.
  const limitOf = (text: string) => (text === '' ? NO_VALUE : Number.isFinite(Number(text)) ? formatSetting(Number(text), locale) : text);
  return (
    <>
      <div className="table-scroll">
        <table className="grid-table">
          <thead>
            <tr>
              <th scope="col">{t('thing.property')}</th><th scope="col">{t('model.type')}</th><th scope="col">{t('chart.unit')}</th>
              <th scope="col" className="num">{t('model.min')}</th><th scope="col" className="num">{t('model.max')}</th><th scope="col">{t('limit.column')}</th>
              <th scope="col" className="num">{t('model.interval')}</th><th scope="col">{t('model.rules')}</th><th scope="col">{t('model.access')}</th>
            </tr>
          </thead>
          <tbody>
            {modelProperties(whole.data, model.spec).map((one) => (
              <tr key={one.name}>
                <th scope="row">{one.name}<PropertyOrigin origin={one.origin} /></th>
                <td className="quiet clip" style={{ maxWidth: 240 }} title={one.type}>{one.type}</td>
                <td>{unitText(one.unit) || NO_VALUE}</td>
                <td className="num">{limitOf(one.min)}</td>
                <td className="num">{limitOf(one.max)}</td>
                <td>{one.alarms.length > 0 ? <AlarmLimits limits={one.alarms} /> : NO_VALUE}</td>
                <td className="num">{one.intervalMs === null ? NO_VALUE : formatInterval(one.intervalMs, locale)}</td>
                <td className="quiet mono">{one.rules.map(([rule, value]) => `${rule} ${value}`).join(', ')}</td>
                <td className="quiet">{one.writable ? t('model.writable') : t('model.readOnly')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Text size="sm" className="quiet" px="md" py="sm">
        {actions.length > 0 && <>{t('thing.actions')}: {actions.join(t('list.separator'))}. </>}
        {links.map((link) => (
          <span key={link.rel + link.href + link.instance}>{link.rel} {link.instance} <Anchor component={Link} to={pathOfModel(link.href)} fz="inherit">{link.href}</Anchor>. </span>
        ))}
      </Text>
    </>
  );
}
