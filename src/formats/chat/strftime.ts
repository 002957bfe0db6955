const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']; // prettier-ignore
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * A date as Python's `strftime` writes it in the C locale, at midnight.
 * @param date `2024-07-26`.
 * @throws Error for a directive that is not written here, by its name.
 */
export function strftime(date: string, format: string): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const at = new Date(Date.UTC(year, month - 1, day));
  const monthName = MONTHS[month - 1] ?? '';
  const dayName = DAYS[at.getUTCDay()] ?? '';
  const two = (value: number): string => String(value).padStart(2, '0');
  const written: Readonly<Record<string, string>> = {
    '%%': '%',
    '%Y': String(year).padStart(4, '0'),
    '%y': two(year % 100),
    '%m': two(month),
    '%-m': String(month),
    '%d': two(day),
    '%-d': String(day),
    '%e': String(day).padStart(2, ' '),
    '%B': monthName,
    '%b': monthName.slice(0, 3),
    '%A': dayName,
    '%a': dayName.slice(0, 3),
    '%H': '00',
    '%I': '12',
    '%M': '00',
    '%S': '00',
    '%p': 'AM',
    '%F': date,
    '%T': '00:00:00',
  };
  return format.replace(/%-?./gsu, (directive) => {
    const text = written[directive];
    if (text !== undefined) return text;
    throw new Error(`strftime_now asks for ${directive}, expected one of ${Object.keys(written).join(' ')}`);
  });
}
