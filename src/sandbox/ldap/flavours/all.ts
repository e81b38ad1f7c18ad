import { activeDirectory } from './active-directory.ts'
import { edirectory } from './edirectory.ts'
import type { Flavour, FlavourName, FlavourOptions } from './flavour.ts'
import { freeipa } from './freeipa.ts'
import { generic } from './generic.ts'
import { openldap } from './openldap.ts'
import { oracle } from './oracle.ts'

const makers: Record<FlavourName, (options: FlavourOptions) => Flavour> = {
  openldap,
  activedirectory: activeDirectory,
  freeipa,
  edirectory,
  oracle,
  generic,
}

export function makeFlavour(name: FlavourName, options: FlavourOptions): Flavour {
  return makers[name](options)
}
