import { useEffect, useState } from 'react';

/**
 * A replacement of the package `react-style-singleton`, by which dialogs and menus keep the page from scrolling: that
 * one writes `<style>` elements, which the page's Content-Security-Policy refuses. A constructed style sheet is not
 * inline text.
 */

interface Singleton {
  add: (css: string) => void;
  remove: () => void;
}

/** One style sheet for as many as ask for it: there from the first until the last has gone. */
function stylesheetSingleton(): Singleton {
  let users = 0;
  let sheet: CSSStyleSheet | null = null;
  return {
    add(css) {
      users += 1;
      if (sheet !== null) return;
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    },
    remove() {
      users -= 1;
      if (users > 0) return;
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
      sheet = null;
    },
  };
}

/** A component that holds its styles in the page while it is mounted; `dynamic` ones change with what is given. */
export function styleSingleton() {
  const sheet = stylesheetSingleton();
  return function Styles({ styles, dynamic = false }: { styles: string; dynamic?: boolean }): null {
    const [first] = useState(styles);
    const shown = dynamic ? styles : first;
    useEffect(() => {
      sheet.add(shown);
      return () => sheet.remove();
    }, [shown]);
    return null;
  };
}
