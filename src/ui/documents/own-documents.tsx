import { namedCorpus } from '../../config/corpus-names';
import { FEW_SETTINGS } from '../../config/few-documents';
import type { Session } from '../../config/session';
import { valueAt } from '../../config/session-paths';
import { closeError, useBenchmark } from '../../store/benchmark';
import { lacksDocuments, trainOn, useDocuments } from '../../store/documents';
import { useSession } from '../../store/session';
import { plural } from '../../view/format';
import { ChooseDocuments, DocumentsDrop } from './documents-drop';
import { Notices } from './notices';
import { TeacherChoice } from './teacher-choice';
import { asSentence } from '../../view/as-sentence';
import { ErrorNote } from '../kit/error-note';

/** The documents of a session that trains on a user's own: which they are, or where to choose them. */
export function OwnDocumentsPanel() {
  const session = useSession((state) => state.session);
  const documents = useDocuments();
  const { doing, reading, preview, error } = useBenchmark();
  if (session.task.name !== 'text') return null;
  const { corpus } = session.task;
  const lacks = lacksDocuments(session, documents);
  const isOther = preview !== null && preview.corpus !== corpus;
  return (
    <div className="own-documents">
      {error !== null && doing === 'nothing' && (
        <ErrorNote what="documents" onClose={closeError}>
          {`${asSentence(error)} ${preview ? `${preview.name} is still open.` : 'Nothing was opened.'}`}
        </ErrorNote>
      )}
      {doing === 'reading' ? (
        <p role="status">Reading {reading}.</p>
      ) : lacks ? (
        <>
          {isOther && <Other name={preview.name} take={() => trainOn(preview)} />}
          {corpus !== '' && (
            <p>
              This session asks for {corpusWords(corpus)}, which {namedCorpus(corpus) ? 'are' : 'is'} not in this
              browser: only who has the documents can run it.
            </p>
          )}
          <DocumentsDrop />
        </>
      ) : (
        <>
          <p>
            Trained on <strong>{corpusWords(corpus)}</strong>
            {isFitted(session) && <span className="muted">, with settings for a few documents</span>}.
          </p>
          {preview?.corpus === corpus && <Notices preview={preview} />}
          {isOther && <Other name={preview.name} take={() => trainOn(preview)} />}
          <TeacherChoice />
          <details>
            <summary className="muted">Other documents</summary>
            <ChooseDocuments />
          </details>
        </>
      )}
    </div>
  );
}

const isFitted = (session: Session): boolean => FEW_SETTINGS.every(([path, value]) => valueAt(session, path) === value);

function corpusWords(hash: string): string {
  const named = namedCorpus(hash);
  return named ? `${named.name}, ${plural(named.documents, 'document')}` : `a collection (${hash.slice(0, 12)})`;
}

function Other({ name, take }: { name: string; take: () => void }) {
  return (
    <p>
      {name} is open too.{' '}
      <button type="button" className="link-button" onClick={take}>
        Train on it instead
      </button>
    </p>
  );
}
