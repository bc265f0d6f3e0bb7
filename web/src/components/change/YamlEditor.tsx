import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ResourceProblem } from '@/api/types';
import { ProblemList } from './ProblemList';
import { offsetOf, problemsByLine } from './yaml_problems';
import './change.css';

interface Props {
  file: string;
  value: string;
  problems: ResourceProblem[];
  readOnly?: boolean;
  onChange?: (text: string) => void;
  label?: string;
}

/** YAML with its line numbers; lines with a problem carry a mark, and the problem goes to its line. */
export function YamlEditor({ file, value, problems, readOnly = false, onChange, label }: Props) {
  const { t } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = value.split('\n').length;
  const byLine = useMemo(() => problemsByLine(problems, file, lines), [problems, file, lines]);
  const go = (problem: ResourceProblem) => {
    const at = offsetOf(value, problem.line, problem.column);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return (
    <div>
      <div className="yaml-editor" style={{ height: Math.min(Math.max(lines + 1, 8), 21) * 20 + 16 }}>
        <div ref={gutter} className="yaml-gutter" aria-hidden>
          {Array.from({ length: lines }, (_, i) => (
            <div key={i} className={byLine.has(i + 1) ? 'bad' : undefined}>{byLine.has(i + 1) ? '✕ ' : ''}{i + 1}</div>
          ))}
        </div>
        <textarea
          ref={area} value={value} readOnly={readOnly} spellCheck={false} wrap="off" aria-label={label ?? t('change.yamlOf', { file })}
          aria-invalid={byLine.size > 0} onChange={(event) => onChange?.(event.currentTarget.value)}
          onScroll={(event) => { if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop; }}
          onKeyDown={(event) => {
            // Tab would be a syntax error in YAML; two spaces are what is meant. Shift-Tab leaves.
            if (event.key !== 'Tab' || event.shiftKey || readOnly) return;
            event.preventDefault();
            document.execCommand('insertText', false, '  ');
          }}
        />
      </div>
      <ProblemList problems={[...byLine.values()].flat()} onGo={go} />
    </div>
  );
}
