import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { KindView } from '../../contract/system.ts'
import { Doctor } from '../ends/doctor.tsx'
import { EndForm } from '../ends/end-form.tsx'
import { KindGallery } from '../ends/kind-gallery.tsx'
import { catalogQuery, endsQuery, type Noun } from '../ends/queries.ts'
import { Loaded } from '../parts/loaded.tsx'
import { t } from '../words/t.ts'

export interface EndStepProps {
  readonly noun: Noun
  readonly chosen: string
  readonly choose: (key: string) => void
  readonly passed: (key: string, ok: boolean) => void
}

/** Choose a source or target, or connect one; the doctor opens the next step. */
export function EndStep({ noun, chosen, choose, passed }: EndStepProps) {
  const ends = useQuery(endsQuery(noun))
  const catalog = useQuery(catalogQuery)
  const [kind, setKind] = useState<KindView>()
  const [made, setMade] = useState<string>()
  const save = (key: string) => {
    setMade(key)
    choose(key)
  }
  return (
    <Loaded query={ends}>
      {({ items }) => (
        <div className="stack">
          {items.length > 0 && (
            <Select
              label={t('wizard.existing')}
              maw={400}
              data={items.map(({ key, displayName, title }) => ({
                value: key,
                label: `${displayName ?? key} (${title})`,
              }))}
              value={items.some(({ key }) => key === chosen) ? chosen : null}
              onChange={(key) => {
                setKind(undefined)
                choose(key ?? '')
              }}
            />
          )}
          {items.some(({ key }) => key === chosen) ? (
            <Doctor
              key={chosen}
              noun={noun}
              endKey={chosen}
              passed={(ok) => passed(chosen, ok)}
              atOnce={made === chosen}
            />
          ) : (
            <>
              <h2 style={{ margin: 0, fontSize: 16 }}>
                {t(noun === 'sources' ? 'wizard.newSource' : 'wizard.newTarget')}
              </h2>
              {kind === undefined ? (
                <Loaded query={catalog}>{(data) => <KindGallery kinds={data[noun]} choose={setKind} />}</Loaded>
              ) : (
                <EndForm noun={noun} kind={kind} action={t('wizard.saveAndCheck')} saved={save} />
              )}
            </>
          )}
        </div>
      )}
    </Loaded>
  )
}
