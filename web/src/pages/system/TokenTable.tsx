import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Token } from '@/api/types';
import { Moment } from '@/components/Moment';

interface Props {
  tokens: Token[];
  onRevoke: (token: Token) => void;
}

export function TokenTable({ tokens, onRevoke }: Props) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll">
      <table className="grid-table">
        <thead>
          <tr>
            {(['name', 'role', 'created', 'lastUsed', 'expires'] as const).map((column) => <th key={column} scope="col">{t(`token.${column}`)}</th>)}
            <th scope="col"><span className="visually-hidden">{t('token.revoke')}</span></th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <th scope="row">{token.name}</th>
              <td>{t(`role.${token.role}`)}</td>
              <td><Moment time={token.created} /> <span className="quiet">{token.created_by}</span></td>
              <td><Moment time={token.last_used} as="age" /></td>
              <td><Moment time={token.expires} /></td>
              <td className="num"><Button size="compact-xs" variant="subtle" onClick={() => onRevoke(token)}>{t('token.revoke')}</Button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
