import { plain } from './text.ts'

/** Rules that are legal and surely not meant, each with what to do about it. */
export function warningLines(
  warnings: readonly { where?: string | undefined; message: string; hint?: string | undefined }[] = [],
): readonly string[] {
  return warnings.map(({ where, message, hint }) => {
    const place = where === undefined ? '' : `${where} `
    return plain(`Warning: ${place}${message}${hint === undefined ? '' : ` ${hint}`}`)
  })
}
