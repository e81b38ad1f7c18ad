/** Names that people cannot tell apart, or cannot see as they are. */

/**
 * The first character of a name that nobody sees, as `U+200F`: marks of writing direction, zero-width blanks, control
 * characters. Joiners are left out, because some scripts and signs are spelled with them.
 */
export function hiddenCharacter(name: string): string | undefined {
  const found = /[\p{Cc}\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u.exec(name)?.[0]
  if (found === undefined) return undefined
  return `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

const scripts = {
  Latin: /\p{Script=Latin}/u,
  Greek: /\p{Script=Greek}/u,
  Cyrillic: /\p{Script=Cyrillic}/u,
} as const
type Script = keyof typeof scripts

/** The first word that mixes letters of alphabets which look alike, such as a Cyrillic `а` in `admin`. */
export function mixedWord(name: string): { readonly word: string; readonly scripts: readonly Script[] } | undefined {
  for (const word of name.split(/[^\p{L}\p{M}]+/u)) {
    const found = (Object.keys(scripts) as Script[]).filter((script) => scripts[script].test(word))
    if (found.length > 1) return { word, scripts: found }
  }
  return undefined
}

/** The name as its look-alike letters fold (full-width, ligatures), where it differs from how it is spelled. */
export function plainSpelling(name: string): string | undefined {
  const plain = name.normalize('NFKC')
  return plain === name.normalize('NFC') ? undefined : plain
}
