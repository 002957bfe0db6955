import { useEffect } from 'react';
import { closeModelsError, openDroppedModel, readModels, useModels } from '../../../store/models';
import { ErrorNote } from '../../kit/error-note';
import { StorageUse } from '../../storage/storage-use';
import './models.css';
import { AddModel, Adding } from './add-model';
import { ModelPage } from './model-page';
import { ModelRow } from './model-row';

const FAILED = {
  list: 'The models could not be read',
  adding: 'Nothing was kept',
  card: 'This model could not be opened',
  deletion: 'It was not deleted',
} as const;

/** Models of one's own: kept in this browser, looked at, planned, used. */
export default function ModelsView() {
  const { models, adding, opened, error } = useModels();
  useEffect(() => {
    void readModels();
    // The page that fetches models is another one.
    const seen = (): void => void (document.visibilityState === 'visible' && readModels());
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  }, []);
  const note = error !== null && (
    <ErrorNote
      what={error.what}
      {...(error.what === 'list' ? { help: { label: 'Try again', run: () => void readModels() } } : {})}
      {...(error.what === 'card'
        ? { help: { label: 'Back to all models', run: () => void openDroppedModel(null) } }
        : {})}
      onClose={closeModelsError}
    >
      {`${FAILED[error.what]}: ${error.text}`}
    </ErrorNote>
  );
  if (opened !== null) return <ModelPage key={opened} note={note} />;
  return (
    <div className="view-body">
      <div>
        <h1>Models</h1>
        <p className="muted">
          A model that was trained elsewhere: see what it is and what it takes, and search your own documents with it.
        </p>
        <StorageUse />
      </div>
      {note}
      {adding ? <Adding {...adding} /> : <AddModel isFirst={models?.length === 0} />}
      {models === null && error === null && <p className="muted">Reading the models.</p>}
      {models !== null && models.length > 0 && (
        <ul className="model-list" aria-label="Models">
          {models.map((model) => (
            <ModelRow key={model.hash} model={model} />
          ))}
        </ul>
      )}
    </div>
  );
}
