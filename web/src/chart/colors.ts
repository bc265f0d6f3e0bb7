// Line colours, apart from each other for colour-blind eyes too; no red and no amber, which mean
// bad and uncertain. Each has 3:1 against its ground.

const LIGHT = ['#2f6f96', '#2a8a72', '#7a5aa6', '#5d6b2f', '#a8478a', '#3f51b5', '#4f5b62', '#00796b'];
const DARK = ['#7fb4d6', '#62c4ab', '#b79ae0', '#b5c46f', '#e08cc4', '#93a3f0', '#b4bec5', '#4fc0b0'];

export function lineColor(index: number, dark: boolean): string {
  const list = dark ? DARK : LIGHT;
  return list[index % list.length]!;
}

export interface ChartPalette {
  text: string;
  quiet: string;
  line: string;
  panel: string;
  bad: string;
  uncertain: string;
}

export function chartPalette(dark: boolean): ChartPalette {
  return dark
    ? { text: '#dde2e6', quiet: '#9da7b0', line: '#2c343b', panel: '#1c2127', bad: '#ff8a80', uncertain: '#f0b95a' }
    : { text: '#1f2529', quiet: '#5b656e', line: '#e6e9ec', panel: '#ffffff', bad: '#b3261e', uncertain: '#8a5a00' };
}
