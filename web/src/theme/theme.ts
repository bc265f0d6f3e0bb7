import { createTheme, type MantineColorsTuple } from '@mantine/core';

// ISA-101: a calm grey ground and one blue accent. Amber and red belong to quality and alarms.
const slate: MantineColorsTuple = [
  '#eef4f8', '#dbe7ef', '#b4cddd', '#8bb1ca', '#6699b9', '#4c87ab', '#2f6f96', '#2a5f80',
  '#24506c', '#193a50',
];
const dark: MantineColorsTuple = [
  '#d8dde2', '#b3bac2', '#9aa3ac', '#6b747e', '#434b54', '#343b43', '#262c33', '#1d2228',
  '#171b20', '#101317',
];

export const theme = createTheme({
  primaryColor: 'slate',
  primaryShade: { light: 7, dark: 6 },
  colors: { slate, dark },
  fontFamily:
    'Inter, "Noto Sans", "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono", "Noto Sans Mono", ui-monospace, "Cascadia Mono", monospace',
  defaultRadius: 'sm',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.35rem' }, h2: { fontSize: '1.05rem' } } },
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Tooltip: { defaultProps: { openDelay: 250, multiline: true, withArrow: true } },
    Button: { styles: { label: { fontWeight: 500 } } },
    Anchor: { defaultProps: { underline: 'hover' } },
  },
});
