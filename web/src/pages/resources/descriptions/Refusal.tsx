import { asFailure } from '@/api/failure';
import { ErrorNotice } from '@/components/ErrorNotice';

// Codes by which the hub speaks of the very document: its own words say more than the code's sentence.
const OF_THE_DOCUMENT = new Set<string>(['invalid', 'malformed', 'too_large', 'conflict', 'limited']);

/** Why the hub did not take a description: its sentence and hint, and all that is wrong where that is more than the hint says. */
export function Refusal({ error, sentence }: { error: unknown; sentence: string }) {
  const { code, validationErrors } = asFailure(error);
  return (
    <div>
      <ErrorNotice error={error} sentence={sentence} elsewhere={OF_THE_DOCUMENT.has(code)} />
      {validationErrors.length > 1 && (
        <ul>
          {validationErrors.map((one, i) => <li key={i}><span className="mono">{one.field}</span>: {one.description}</li>)}
        </ul>
      )}
    </div>
  );
}
