import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { CommandLine } from './CommandLine';

interface Props {
  title: string;
  children: ReactNode;
  commands?: string[];
  action?: ReactNode;
}

/** What belongs here, and the one step that brings it. */
export function Empty({ title, children, commands = [], action }: Props) {
  return (
    <Stack align="flex-start" gap="sm" p="xl" maw={680}>
      <Title order={2}>{title}</Title>
      <Text className="quiet">{children}</Text>
      {commands.map((command) => <CommandLine key={command} command={command} />)}
      {action}
    </Stack>
  );
}
