import type { SettingSaved } from '../../contract/ends.ts'
import type { Options } from '../command.ts'
import type { Output } from '../output.ts'
import { plain } from '../render/text.ts'
import { warningLines } from '../render/warnings.ts'
import { putOptions, secretOptions } from './ends.ts'

/** Options of a `put` of settings of the installation itself. */
export const ownPutOptions = {
  ...putOptions,
  ...secretOptions,
  'dry-run': { kind: 'flag', help: 'only say what would change' },
} as const satisfies Options

/** What a `put` changed, setting by setting, or would change. `what` begins a sentence: `The channel "oncall"`. */
export function showSaved(output: Output, saved: SettingSaved, what: string): void {
  const { version, isNew, changes, warnings } = saved
  const did = saved.saved
    ? changes.length === 0
      ? `${what} is as before.`
      : `${what} was ${isNew ? 'made' : 'changed'}, version ${version}.`
    : changes.length === 0
      ? `${what} would stay as it is.`
      : `${what} would be ${isNew ? 'made' : 'changed'}; nothing was saved.`
  output.show(saved, [did, ...changes.map((change) => `  ${plain(change)}`), ...warningLines(warnings)])
}
