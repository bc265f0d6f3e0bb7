import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { SqlAnswer } from '@/api/types';
import { isNumeric, sqlCell } from './sql_text';

const ROW = 28;

/** Ten thousand rows, of which those on the screen exist. */
export function ResultTable({ answer }: { answer: SqlAnswer }) {
  const { t } = useTranslation();
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: answer.rows.length, getScrollElement: () => scroll.current, estimateSize: () => ROW, overscan: 12 });
  const grid = { gridTemplateColumns: `repeat(${answer.columns.length}, minmax(120px, 1fr))`, minWidth: answer.columns.length * 134 };
  return (
    <div ref={scroll} className="sql-scroll" tabIndex={0} role="table" aria-rowcount={answer.rows.length} aria-label={t('sql.result')}>
      <div className="sql-row sql-head quiet" role="row" style={grid}>
        {answer.columns.map((column, i) => (
          <span key={i} role="columnheader" className={isNumeric(column.type) ? 'num' : undefined}>{column.name} <span className="mono">{column.type}</span></span>
        ))}
      </div>
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => (
          <div key={index} className="sql-row" role="row" style={{ ...grid, position: 'absolute', top: start, height: ROW, left: 0, right: 0 }}>
            {answer.rows[index]!.map((cell, i) => (
              <span key={i} role="cell" className={`clip ${isNumeric(answer.columns[i]?.type ?? '') ? 'num' : ''}`} title={sqlCell(cell)}>
                {cell === null ? <span className="quiet">null</span> : sqlCell(cell)}
              </span>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
