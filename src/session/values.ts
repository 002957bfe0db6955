import { isNames, type LeafValue } from '../settings/leaves';
import { InputError } from '../lib/errors';
import type { ByteReader, ByteWriter } from './bytes';

/**
 * One setting's value in few bytes. The first says what follows:
 * 0–191 that whole number; 192–207 a whole number m as varint, meaning m·10^−(byte − 192); 224 a float64;
 * 225 false; 226 true; 227 a text; 228 a list, its length, its values; 229 one of the setting's options, its place; 230 some
 * of them, a bit each by place.
 * A released version's bytes mean the same for ever: add bytes, change none.
 */
const LARGEST_SMALL = 191;
const DECIMAL = 192;
const MOST_DIGITS = 15;
const FLOAT = 224;
const FALSE = 225;
const TRUE = 226;
const TEXT = 227;
const LIST = 228;
const OPTION = 229;
const OPTIONS = 230;

/** The longest list that a link may hold. */
const LONGEST_LIST = 64;

export function writeValue(writer: ByteWriter, value: LeafValue, options: readonly string[] = []): void {
  if (typeof value === 'number') {
    writeNumber(writer, value);
  } else if (typeof value === 'boolean') {
    writer.byte(value ? TRUE : FALSE);
  } else if (typeof value === 'string') {
    const place = options.indexOf(value);
    writer.byte(place < 0 ? TEXT : OPTION);
    if (place < 0) writer.text(value);
    else writer.varint(place);
  } else if (isNames(value)) {
    writer.byte(OPTIONS);
    writer.varint(value.reduce((bits, name) => bits + 2 ** options.indexOf(name), 0));
  } else {
    writer.byte(LIST);
    writer.varint(value.length);
    for (const entry of value) writeNumber(writer, entry);
  }
}

/** @throws InputError for bytes that are no value. */
export function readValue(reader: ByteReader, options: readonly string[], where: string): LeafValue {
  const head = reader.byte();
  switch (head) {
    case FALSE:
      return false;
    case TRUE:
      return true;
    case TEXT:
      return reader.text();
    case OPTION: {
      const place = reader.varint();
      const chosen = options[place];
      if (chosen === undefined) {
        throw new InputError(`${where} is choice ${place}, expected one of the ${options.length} choices`);
      }
      return chosen;
    }
    case OPTIONS: {
      const bits = reader.varint();
      if (bits >= 2 ** options.length) {
        throw new InputError(`${where} has choices ${bits}, expected some of the ${options.length} choices`);
      }
      return options.filter((_, place) => Math.floor(bits / 2 ** place) % 2 === 1);
    }
    case LIST: {
      const length = reader.varint();
      if (length > LONGEST_LIST) {
        throw new InputError(`${where} is a list of ${length}, expected at most ${LONGEST_LIST} entries`);
      }
      return Array.from({ length }, () => readNumber(reader, reader.byte(), where));
    }
    default:
      return readNumber(reader, head, where);
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= LARGEST_SMALL) {
    writer.byte(value);
    return;
  }
  const decimal = asDecimal(value);
  if (decimal) {
    writer.byte(DECIMAL + decimal.digits);
    writer.varint(decimal.mantissa);
    return;
  }
  writer.byte(FLOAT);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  writer.raw(bytes);
}

/** m and d with value = m·10^−d, where that takes fewer bytes than a float64. */
function asDecimal(value: number): { mantissa: number; digits: number } | undefined {
  const parts = /^(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential());
  if (!parts) return undefined;
  const fraction = parts[2] ?? '';
  const digits = Math.max(0, fraction.length - Number(parts[3]));
  const mantissa = Number(`${parts[1]}${fraction}e${digits + Number(parts[3]) - fraction.length}`);
  if (digits > MOST_DIGITS || mantissa >= 2 ** 49) return undefined;
  return fromDecimal(mantissa, digits) === value ? { mantissa, digits } : undefined;
}

const fromDecimal = (mantissa: number, digits: number): number => Number(`${mantissa}e-${digits}`);

function readNumber(reader: ByteReader, head: number, where: string): number {
  if (head <= LARGEST_SMALL) return head;
  if (head <= DECIMAL + MOST_DIGITS) return fromDecimal(reader.varint(), head - DECIMAL);
  if (head === FLOAT) {
    const bytes = reader.raw(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
  }
  throw new InputError(`${where} starts with byte ${head}, expected a kind of value that this version knows`);
}
