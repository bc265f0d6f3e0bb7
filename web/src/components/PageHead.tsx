import { Group, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

interface Props {
  title: string;
  above?: ReactNode;
  beside?: ReactNode;
  actions?: ReactNode;
}

/** The name of the page, in the window's title too. */
export function PageHead({ title, above, beside, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Millrace`;
  }, [title]);
  return (
    <div>
      {above}
      <Group justify="space-between" wrap="wrap" gap="sm">
        <Group gap="md" wrap="wrap" className="page-head">
          <Title order={1}>{title}</Title>
          {beside}
        </Group>
        {actions}
      </Group>
    </div>
  );
}
