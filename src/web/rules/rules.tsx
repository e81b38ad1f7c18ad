import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { ConnectionJudgement } from '../../contract/connections.ts'
import { connectionSchema } from '../../domain/connection.ts'
import { fail } from '../../domain/errors.ts'
import { api } from '../api.ts'
import '../look/rules.css'
import { type Document, isDocument, isSame, type Path, valueAt, withValue } from './document.ts'

/** How long nobody may have typed before the server is asked what it thinks. */
const pauseMs = 300

/** What the settings of a connection are where its document says nothing. */
const standards: unknown = connectionSchema.parse({ source: 'a', target: 'b' })

/** The rules of a connection while somebody edits them. */
export interface Rules {
  /** Absent = a connection that is not saved yet. */
  readonly connection: string | undefined
  readonly document: Document
  /** What the server says of the document as it was when typing last rested. */
  readonly judgement: ConnectionJudgement | undefined
  /** The value there, or the standard one. */
  read(path: Path): unknown
  /** A value that is the standard one is left out of the document. */
  set(path: Path, value: unknown): void
  /** Takes another whole document in its place. */
  replace(document: Document): void
  /** What is wrong with exactly this setting or, with `deep`, with anything in it. */
  problemAt(path: Path, deep?: boolean): string | undefined
}

const RulesContext = createContext<Rules | undefined>(undefined)

export function useRules(): Rules {
  const rules = useContext(RulesContext)
  if (rules === undefined) throw fail.usage('A field for rules stands outside of a form for rules.')
  return rules
}

export interface RulesProviderProps {
  readonly connection: string | undefined
  readonly document: Document
  readonly change: (document: Document) => void
  readonly children: ReactNode
}

/** Lets the fields below it read and change a connection, and tells each what the server has against it. */
export function RulesProvider({ connection, document, change, children }: RulesProviderProps) {
  const [rested] = useDebouncedValue(document, pauseMs)
  const { data: judgement } = useQuery({
    queryKey: ['judgement', connection, rested],
    queryFn: () =>
      api.connections.checkRules({ params: { key: connection ?? 'new' }, body: { document: { ...rested } } }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const rules = useMemo<Rules>(
    () => ({
      connection,
      document,
      judgement,
      read: (path) => valueAt(document, path) ?? valueAt(standards, path),
      set: (path, value) => change(withValue(document, path, isSame(value, standardOf(path)) ? undefined : value)),
      replace: change,
      problemAt: (path, deep = false) => {
        const found = judgement?.problems.find(
          ({ at }) => isSame(at.slice(0, path.length), path) && (deep || at.length === path.length),
        )
        return found === undefined ? undefined : sentence(found)
      },
    }),
    [change, connection, document, judgement],
  )
  return <RulesContext value={rules}>{children}</RulesContext>
}

/** Groups of settings are left out by leaving out all that is in them: an empty one may say something, as `byName` does. */
function standardOf(path: Path): unknown {
  const standard = valueAt(standards, path)
  return isDocument(standard) ? undefined : standard
}

/** A problem below the field it is about: the name of the setting stands above it. */
export function sentence({ message, hint = '' }: { readonly message: string; readonly hint?: string | undefined }) {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return `${text}${/[.!?]$/.test(text) ? '' : '.'} ${hint}`.trim()
}
