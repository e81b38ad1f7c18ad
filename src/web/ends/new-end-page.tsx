import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { KindView } from '../../contract/system.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { t } from '../words/t.ts'
import { EndForm } from './end-form.tsx'
import { KindGallery } from './kind-gallery.tsx'
import { ProviderSteps } from './provider-steps.tsx'
import { catalogQuery, type Noun } from './queries.ts'

export const NewSourcePage = () => <NewEndPage noun="sources" />
export const NewTargetPage = () => <NewEndPage noun="targets" />

function NewEndPage({ noun }: { readonly noun: Noun }) {
  const catalog = useQuery(catalogQuery)
  const [kind, setKind] = useState<KindView>()
  const navigate = useNavigate()
  return (
    <Page
      title={t(`end.new.${noun}`)}
      lead={kind?.summary ?? t(`end.emptyLead.${noun}`)}
      crumbs={[
        <Link key="all" to={`/${noun}`}>
          {t(`nav.${noun}`)}
        </Link>,
      ]}
    >
      {kind === undefined ? (
        <Loaded query={catalog}>{(data) => <KindGallery kinds={data[noun]} choose={setKind} />}</Loaded>
      ) : (
        <div className="stack">
          {kind.way === 'pull' && <ProviderSteps providers={kind.providers ?? []} />}
          <EndForm
            noun={noun}
            kind={kind}
            action={t('action.save')}
            saved={(key) => void navigate({ to: `/${noun}/$key`, params: { key } })}
          />
        </div>
      )}
    </Page>
  )
}
