import { Modal, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useEffectEvent, useId, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../Icon';
import { useCommands, type Command } from './commands';
import './palette.css';

interface Props {
  open: boolean;
  onClose: () => void;
}

/** Finds any thing, property, edge or command; arrows choose, Enter goes. */
export default function Palette({ open, onClose }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [words] = useDebouncedValue(text.trim(), 120);
  const [chosen, setChosen] = useState(0);
  const { commands, settled } = useCommands(words);
  const answered = settled && words === text.trim();
  const [hurried, setHurried] = useState(false);
  const list = useId();
  const at = Math.min(chosen, Math.max(commands.length - 1, 0));

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    setText('');
    setChosen(0);
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) setChosen(Math.min(Math.max(at + step, 0), commands.length - 1));
    else if (event.key === 'Enter' && answered) run(commands[at]);
    else if (event.key === 'Enter') setHurried(true);
    else return;
    event.preventDefault();
  };

  // Who types and presses Enter at once means what they typed, not what stood there before.
  const goOn = useEffectEvent(() => {
    setHurried(false);
    run(commands[at]);
  });
  useEffect(() => {
    if (hurried && answered) goOn();
  }, [hurried, answered]);

  return (
    <Modal opened={open} onClose={onClose} withCloseButton={false} size={620} padding={0} yOffset="10vh">
      <VisuallyHidden><h2>{t('palette.label')}</h2></VisuallyHidden>
      <TextInput
        data-autofocus variant="unstyled" size="md" px="md" value={text} onKeyDown={onKeyDown}
        onChange={(event) => { setText(event.currentTarget.value); setChosen(0); setHurried(false); }}
        placeholder={t('palette.placeholder')} aria-label={t('palette.placeholder')}
        role="combobox" aria-expanded aria-controls={list} aria-activedescendant={`${list}-${at}`}
        leftSection={<Icon name="search" size={16} />}
      />
      <div id={list} role="listbox" aria-label={t('palette.label')} className="palette-list">
        {commands.map((command, i) => (
          <div key={command.id}>
            {commands[i - 1]?.group !== command.group && <div className="palette-group quiet">{command.group}</div>}
            <div
              id={`${list}-${i}`} role="option" aria-selected={i === at} className="palette-item"
              ref={(node) => { if (i === at) node?.scrollIntoView?.({ block: 'nearest' }); }}
              onMouseMove={() => setChosen(i)} onClick={() => run(command)}
            >
              <Icon name={command.icon} size={16} />
              <span className="clip">{command.label}</span>
              <span className="quiet clip palette-detail">{command.detail}</span>
            </div>
          </div>
        ))}
        {commands.length === 0 && <div className="palette-none quiet">{t('palette.none', { words })}</div>}
      </div>
    </Modal>
  );
}
