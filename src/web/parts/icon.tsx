/** Outlines on a 16-pixel grid; the text beside an icon says what it means, so it is hidden from readers. */
const paths = {
  overview: 'M2 8 8 3l6 5M4 7v6h8V7',
  connections: 'M2 5h9m0 0L8.5 2.5M11 5 8.5 7.5M14 11H5m0 0 2.5-2.5M5 11l2.5 2.5',
  runs: 'M5 3l8 5-8 5z',
  people: 'M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zm-5 6c0-2.5 2-4 5-4s5 1.5 5 4',
  groups: 'M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z',
  approvals: 'M3 3h10v10H3zM5.5 8l2 2 3.5-4',
  audit: 'M4 2h8v12H4zM6 5h4M6 8h4M6 11h2',
  settings:
    'M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 2v2m0 8v2M2 8h2m8 0h2M3.8 3.8l1.4 1.4m5.6 5.6 1.4 1.4m0-8.4-1.4 1.4M5.2 10.8l-1.4 1.4',
  source:
    'M3 4c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2zm0 0v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2',
  target: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zm0-3.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  directory: 'M2 4h4l1.5 2H14v7H2z',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  change: 'M2 9c2-4 4 2 6-1s4-2 6-1',
  note: 'M3 6h10M3 10h10',
  lock: 'M4 7h8v6H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  pause: 'M5 3v10M11 3v10',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2 15 14H1zM8 6.5V10m0 2v.1',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5V11M8 5v.1',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zm3.5-1.5L14 14',
  theme: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12',
  user: 'M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zm-5 6c0-2.5 2-4 5-4s5 1.5 5 4',
  open: 'M6 4l4 4-4 4',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  undo: 'M4 6h6a3.5 3.5 0 0 1 0 7H6M4 6l2.5-2.5M4 6l2.5 2.5',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false" className="icon">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
