import type { ReactNode } from 'react';

const icon = (paths: ReactNode) =>
  function Icon() {
    return (
      <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        {paths}
      </svg>
    );
  };

export const ChartIcon = icon(<path d="M2 2v12h12M5 10l3-4 2 2 4-5" />);
export const TracesIcon = icon(<path d="M2 4h3m2 0h4m2 0h1M2 8h5m2 0h5M2 12h2m2 0h3" />);
export const SearchIcon = icon(<path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm3.5-1L14 14" />);
export const ChipIcon = icon(
  <path d="M4.5 4.5h7v7h-7zM6.5 2v2.5m3-2.5v2.5m-3 7V14m3-2.5V14M2 6.5h2.5m-2.5 3h2.5m7-3H14m-2.5 3H14" />,
);
export const PlayIcon = icon(<path d="M4.5 3v10l8-5z" />);
/** The icon of a replay of records; training has the plain triangle. */
export const ReplayIcon = icon(<path d="M2.5 4v8l5-4zM8.5 4v8l5-4z" />);
export const PauseIcon = icon(<path d="M5.5 3v10m5-10v10" />);
export const StepIcon = icon(<path d="M4 3v10l6-5zM12.5 3v10" />);
export const StopIcon = icon(<path d="M4 4h8v8H4z" />);
export const ShareIcon = icon(<path d="M6.5 9.5 13 3m0 0H9m4 0v4M11 9.5V13H3V5h3.5" />);
export const ThemeIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
  </>,
);
export const HelpIcon = icon(<path d="M6 6.2A2 2 0 1 1 8 8.5v1M8 12v.01" />);
export const CloseIcon = icon(<path d="m4 4 8 8m0-8-8 8" />);
export const ResetIcon = icon(<path d="M3 8a5 5 0 1 0 1.6-3.7M3 3v3h3" />);
export const ChevronIcon = icon(<path d="m6 4 4 4-4 4" />);
export const DownIcon = icon(<path d="m4 6 4 4 4-4" />);
export const RightIcon = icon(<path d="m3 8.5 3.5 3.5L13 4.5" />);
export const LeftIcon = icon(<path d="m10 4-4 4 4 4" />);
export const NewestIcon = icon(<path d="m4 4 4 4-4 4m5-8v8" />);
export const SlidersIcon = icon(
  <path d="M2 5h5m4 0h3M2 11h2m4 0h6M9 5m-2 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0M6 11m-2 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0" />,
);
export const CopyIcon = icon(<path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z" />);
export const BoxIcon = icon(<path d="M8 2 13.5 5v6L8 14l-5.5-3V5zM2.5 5 8 8l5.5-3M8 8v6" />);
export const FolderIcon = icon(<path d="M2 4.5h4l1.5 2H14v6.5H2z" />);
export const ScalesIcon = icon(<path d="M8 2.5v11m-3 0h6M3 4.5h10M3 4.5l-1.5 5h3zm10 0-1.5 5h3z" />);
export const ForkIcon = icon(
  <path d="M4.5 5.5v5M4.5 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Zm0 8a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Zm7-8a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Zm0 0c0 3-7 1.5-7 5" />,
);
export const DownloadIcon = icon(<path d="M8 2.5v8m-3-3 3 3 3-3M3 13.5h10" />);
export const ListIcon = icon(<path d="M5.5 4H14M5.5 8H14M5.5 12H14M2 4h.01M2 8h.01M2 12h.01" />);
export const GraphIcon = icon(
  <path d="M4 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Zm8 2a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Zm-6 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM5.4 4.5l5.2 1.2M4.3 5.5l1.4 5.1m1.5.4 3.7-3.8" />,
);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const MinusIcon = icon(<path d="M3 8h10" />);
export const FitIcon = icon(<path d="M2.5 6V2.5H6m4 0h3.5V6m0 4v3.5H10m-4 0H2.5V10" />);
