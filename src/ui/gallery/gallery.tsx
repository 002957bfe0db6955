import type { ReactNode } from 'react';
import cards from '../../view/gallery/cards.json' with { type: 'json' };
import { useDevice } from '../../store/device';
import { usePage } from '../../store/page';
import { ARMS } from '../../view/arms';
import { formatDuration, formatScore, plural } from '../../view/format';
import { readGallery, type GalleryCard } from '../../view/gallery/gallery';
import { adapterName } from '../../view/verdict';
import './gallery.css';

const CARDS = readGallery(cards);

/** Recorded results, each a link that runs it again and says whether the same came out. */
export default function Gallery() {
  const device = useDevice();
  const here = device.kind === 'ready' ? adapterName(device.report) : null;
  return (
    <>
      <p>
        Results that were recorded, each a link. <em>Open</em> shows what it holds and runs nothing; run it, and the
        page compares as it goes: the same bits on the same kind of adapter, and within the stated tolerance elsewhere.
      </p>
      <ul className="gallery-cards">
        {CARDS.map((card) => (
          <li key={card.name}>
            <Card card={card} here={here} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Card({ card, here }: { card: GalleryCard; here: string | null }) {
  const { title, shows, figure, beside, base, needs, adapter, steps, minutes, fingerprint, link, name } = card;
  const show = usePage((state) => state.show);
  return (
    <article className="gallery-card" aria-labelledby={`gallery-${name}`}>
      <h3 id={`gallery-${name}`}>{title}</h3>
      <p>{shows}</p>
      <dl className="pairs">
        <Pair label="Success@1">
          <strong>{formatScore(figure.value)}</strong> [{formatScore(figure.low)}, {formatScore(figure.high)}],{' '}
          {ARMS[figure.arm].label}, {plural(figure.queries, 'query', 'queries')}
          {beside && (
            <>
              ; {ARMS[beside.arm].label} {formatScore(beside.value)} [{formatScore(beside.low)},{' '}
              {formatScore(beside.high)}]
            </>
          )}
        </Pair>
        <Pair label="Base">
          {base ? (
            <>
              {base.name}, SHA-256 <code title={base.sha256}>{base.sha256.slice(0, 12)}</code>, from {base.source}
            </>
          ) : (
            'none: it learns from nothing'
          )}
        </Pair>
        {needs !== '' && <Pair label="It takes">{needs}</Pair>}
        <Pair label="Recorded">
          on {adapter}
          {here !== null &&
            (here === adapter
              ? ', as this device is: the same bits are expected'
              : ', another than this device: the tolerance holds')}
          ; {plural(steps, 'step')}, {formatDuration(minutes * 60_000)} there; fingerprint{' '}
          <code title={fingerprint}>{fingerprint.slice(0, 12)}</code>
        </Pair>
      </dl>
      <p>
        <a className="button" href={`./#${link}`} onClick={() => show({ gallery: false })} aria-label={`Open ${title}`}>
          Open
        </a>
      </p>
    </article>
  );
}

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="pair">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
