/** Gives a page that is not the lab the theme that was chosen in the lab. */
export function takeStoredTheme(): void {
  const theme = storedTheme();
  if (theme !== null) document.documentElement.dataset['theme'] = theme;
}

function storedTheme(): string | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem('search-r3-lab') ?? '{}');
    const found: unknown = typeof stored === 'object' && stored !== null ? Reflect.get(stored, 'theme') : null;
    return found === 'light' || found === 'dark' ? found : null;
  } catch {
    return null;
  }
}
