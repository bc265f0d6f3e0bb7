import { useHotkeys } from '@mantine/hooks';
import { Kbd } from '@mantine/core';
import { Suspense, lazy, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './Icon';

const Palette = lazy(() => import('./palette/Palette'));

/** Ctrl-K from anywhere; the palette's code comes with its first use. */
export function PaletteButton() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const show = () => {
    setUsed(true);
    setOpen(true);
  };
  useHotkeys([['mod+K', show]], []);
  return (
    <>
      <button type="button" className="palette-button" onClick={show}>
        <Icon name="search" size={16} /><span>{t('palette.button')}</span><Kbd size="xs">Ctrl K</Kbd>
      </button>
      {used && <Suspense fallback={null}><Palette open={open} onClose={() => setOpen(false)} /></Suspense>}
    </>
  );
}
