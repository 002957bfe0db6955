import { useState } from 'react';
import { useSearch } from '../../../store/search';

/** The text of a search field: as typed, until a query is searched, here or elsewhere. */
export function useQueryText(): [text: string, setText: (text: string) => void] {
  const asked = useSearch((state) => state.query);
  const [known, setKnown] = useState(asked);
  const [text, setText] = useState(asked);
  if (known !== asked) {
    setKnown(asked);
    setText(asked);
  }
  return [text, setText];
}
