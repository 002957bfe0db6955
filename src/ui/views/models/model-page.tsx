import type { ReactNode } from 'react';
import type { ModelCard } from '../../../host/browser/api';
import { openDroppedModel, useModels } from '../../../store/models';
import { formatBytes, formatCount, plural } from '../../../view/format';
import { dtypeLabel, KINDS } from '../../../view/model-words';
import { FileTable } from '../../kit/file-table';
import { LeftIcon } from '../../kit/icons';
import { Adapt } from './adapt';
import { EmbedSearch } from './embed-search';
import { DeleteButton } from './model-row';
import { PromptsPanel } from './prompts';
import { ReasonPanel } from './reason';
import { TakeHomePanel } from './take-home';
import { PlanPanel } from './plan-panel';

/** One model: what it is, and what it takes. @param note what went wrong with it. */
export function ModelPage({ note }: { note: ReactNode }) {
  const card = useModels((state) => state.card);
  return (
    <div className="view-body">
      <div>
        <button type="button" className="button plain model-back" onClick={() => void openDroppedModel(null)}>
          <LeftIcon />
          All models
        </button>
        <h1>{card?.model.name ?? 'Model'}</h1>
      </div>
      {note}
      {card === null ? (
        note === false && <p className="muted">Reading its files.</p>
      ) : (
        <>
          <Facts card={card} />
          <EmbedSearch card={card} />
          <Adapt card={card} />
          <ReasonPanel card={card} />
          <PromptsPanel card={card} />
          <PlanPanel card={card} />
          {!card.isEncoder && <TakeHomePanel card={card} />}
          <Files card={card} />
          <p className="button-row">
            <DeleteButton model={card.model} />
          </p>
        </>
      )}
    </div>
  );
}

function Facts({ card }: { card: ModelCard }) {
  const { model, arch, dtypes, isEncoder, hasHead, tokenizer, embeds, chatTemplate } = card;
  return (
    <section className="model-facts" aria-label="What it is">
      <h2>What it is</h2>
      <dl className="pairs">
        <dt>Architecture</dt>
        <dd>
          <code>{arch.model_type}</code>, {plural(arch.num_hidden_layers, 'layer')} of {arch.hidden_size} channels,{' '}
          {plural(arch.num_attention_heads, 'head')}
          {arch.num_key_value_heads < arch.num_attention_heads &&
            ` (${arch.num_key_value_heads} of keys and values)`}, {arch.vocab_size.toLocaleString('en')} tokens
        </dd>
        <dt>Parameters</dt>
        <dd title={model.parameters.toLocaleString('en')}>{formatCount(model.parameters)}</dd>
        <dt>Weights</dt>
        <dd>
          {dtypes.map(({ dtype, bytes }) => `${dtypeLabel(dtype)} ${formatBytes(bytes)}`).join(', ')}
          {isEncoder
            ? '; an encoder: it embeds and writes nothing'
            : !hasHead && '; without its head: it embeds and writes nothing'}
        </dd>
        <dt>Context</dt>
        <dd>
          {plural(arch.max_position_embeddings, 'token')}
          {embeds !== null &&
            embeds.longest < arch.max_position_embeddings &&
            `; a text is cut after ${embeds.longest.toLocaleString('en')}, as its folder says`}
        </dd>
        <dt>Tokenizer</dt>
        <dd>{tokenizerWords(tokenizer)}</dd>
        <dt>Embeds at</dt>
        <dd>
          {embeds && embeds.pooling !== 'lasttoken' ? (
            POOLED[embeds.pooling]
          ) : embeds ? (
            <>
              <code>{embeds.token}</code> (token {embeds.id}), the last one of every text
            </>
          ) : (
            'no token that ends a text: it cannot embed'
          )}
        </dd>
        {!isEncoder && (
          <>
            <dt>Chat template</dt>
            <dd>
              {chatTemplate === null ? (
                'none'
              ) : (
                <details>
                  <summary>{plural(chatTemplate.split('\n').length, 'line')}</summary>
                  <pre className="model-template" tabIndex={0}>
                    {chatTemplate}
                  </pre>
                </details>
              )}
            </dd>
          </>
        )}
        <dt>Licence</dt>
        <dd>{model.licence ?? 'not stated in its files'}</dd>
        <dt>From</dt>
        <dd className="model-from">{model.from === '' ? `your own ${KINDS[model.kind]}` : model.from}</dd>
        <dt>SHA-256</dt>
        <dd>
          <code className="model-hash">{model.hash}</code>
        </dd>
      </dl>
    </section>
  );
}

const POOLED = {
  mean: 'all its tokens: the mean of their last states',
  cls: 'its first token: the last state of that one',
} as const;

function tokenizerWords(tokenizer: ModelCard['tokenizer']): string {
  if (tokenizer === null) return 'none: it reads no text';
  const { kind, size, refused } = tokenizer;
  const known = size > 0 ? `${kind}, ${plural(size, 'token')}` : kind;
  return refused === null ? known : `${known}; ${refused}`;
}

function Files({ card: { files, model } }: { card: ModelCard }) {
  return (
    <details className="model-files">
      <summary>
        {plural(files.length, 'file')}, {formatBytes(model.bytes)}
      </summary>
      <FileTable files={files} />
    </details>
  );
}
