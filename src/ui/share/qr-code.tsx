import { encode } from 'uqr';

/** Modules left free around the code, as its standard asks. */
const QUIET = 4;

/** A link for a phone's camera. Always dark on light: many readers take no other. */
export default function QrCode({ text }: { text: string }) {
  const { size, data } = encode(text, { border: 0, ecc: 'L' });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  const whole = size + 2 * QUIET;
  return (
    <svg
      className="qr"
      viewBox={`${-QUIET} ${-QUIET} ${whole} ${whole}`}
      role="img"
      aria-label="The link as a QR code"
      shapeRendering="crispEdges"
    >
      <rect x={-QUIET} y={-QUIET} width={whole} height={whole} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
