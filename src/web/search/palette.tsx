import { Modal, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from 'react'
import { api } from '../api.ts'
import { connectionsQuery } from '../connections/queries.ts'
import { endsQuery } from '../ends/queries.ts'
import '../look/search.css'
import { useFocusBack } from '../parts/focus.ts'
import { Icon } from '../parts/icon.tsx'
import { useSettled } from '../parts/settled.ts'
import { t } from '../words/t.ts'
import { type Hit, hitsFor } from './hits.ts'

/** Names are asked for when nobody typed for so long. */
const settleMs = 150

/** Search over everything, by keyboard alone: a combobox with its list, as the ARIA practices describe it. */
export function Palette({ close }: { readonly close: () => void }) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const navigate = useNavigate()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const asked = useSettled(text.trim(), settleMs)
  const names = useQuery({
    queryKey: ['search', asked],
    queryFn: ({ signal }) => api.system.search({ query: { text: asked } }, { signal }),
    enabled: asked.length >= 2,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const connections = useQuery(connectionsQuery)
  const sources = useQuery(endsQuery('sources'))
  const targets = useQuery(endsQuery('targets'))
  const found = useDeferredValue(asked.length < 2 ? [] : (names.data?.items ?? []))
  const groups = hitsFor(text, {
    connections: connections.data?.items ?? [],
    sources: sources.data?.items ?? [],
    targets: targets.data?.items ?? [],
    names: found,
  })
  const hits = groups.flatMap((group) => group.hits)
  const chosen = Math.min(active, hits.length - 1)
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${chosen}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [id, chosen])
  useFocusBack(true)
  const go = (hit: Hit | undefined) => {
    if (hit === undefined) return
    close()
    void navigate({ href: hit.href })
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && hits.length > 0) setActive((chosen + step + hits.length) % hits.length)
    else if (event.key === 'Enter') go(hits[chosen])
    else return
    event.preventDefault()
  }
  let count = 0
  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={false}
      size="lg"
      centered={false}
      padding={0}
      attributes={{ content: { 'aria-label': t('search.open') } }}
      yOffset="10vh"
    >
      <TextInput
        role="combobox"
        aria-label={t('search.open')}
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(chosen >= 0 ? { 'aria-activedescendant': `${id}-${chosen}` } : {})}
        data-autofocus
        size="md"
        variant="unstyled"
        autoComplete="off"
        maxLength={200}
        placeholder={t('search.placeholder')}
        leftSection={<Icon name="search" />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={press}
      />
      <div ref={list} id={`${id}-list`} className="hits" role="listbox" aria-label={t('search.open')}>
        {groups.map(({ title, hits: ofGroup }) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of a list box have no element of their own
          <div key={title} role="group" aria-label={title}>
            <div className="hits-title" aria-hidden="true">
              {title}
            </div>
            {ofGroup.map((hit) => {
              const place = count++
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field, which names the chosen one
                <div
                  key={hit.href}
                  id={`${id}-${place}`}
                  className="hit"
                  role="option"
                  tabIndex={-1}
                  aria-selected={place === chosen}
                  onMouseMove={() => setActive(place)}
                  onClick={() => go(hit)}
                >
                  <span className="cut">{hit.label}</span>
                  {hit.note !== undefined && <span className="subtle small cut">{hit.note}</span>}
                </div>
              )
            })}
          </div>
        ))}
      </div>
      <div className="hits-foot subtle small" role="status">
        {names.error !== null && asked.length >= 2
          ? t('search.failed', { message: names.error.message })
          : hits.length === 0
            ? t('search.empty', { text: text.trim() })
            : `${t('search.results', { count: hits.length })}. ${t('search.hint')}`}
      </div>
    </Modal>
  )
}
