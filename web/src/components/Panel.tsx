import { Group, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

interface Props {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled part of a page. */
export function Panel({ title, aside, children }: Props) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <Group justify="space-between" px="md" py={10} mih={48} className="panel-head">
        <Title order={2} id={id}>{title}</Title>
        {aside}
      </Group>
      {children}
    </section>
  );
}
