import { Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { ChannelDetail } from '../../contract/notifications.ts'
import type { KindView } from '../../contract/system.ts'
import { fail } from '../../domain/errors.ts'
import { noticeKinds } from '../../domain/notice.ts'
import { api } from '../api.ts'
import type { Document } from '../ends/field-value.ts'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Message } from '../parts/message.tsx'
import { type Edit, useEdited, type Versioned } from '../parts/overtaken.tsx'
import { t } from '../words/t.ts'
import { useSettingDraft } from './setting-draft.ts'
import { SettingForm } from './setting-form.tsx'

export interface ChannelEditorProps {
  /** Its name; empty = a new one. */
  readonly channel: string
  readonly close: () => void
  readonly saved: () => Promise<unknown>
}

/** A channel that the store keeps, or a new one. */
export function ChannelEditor({ channel, close, saved }: ChannelEditorProps) {
  const query = useQuery({
    queryKey: ['notifications', 'channel', channel],
    queryFn: async () => ({
      kinds: (await api.notifications.kinds()).types,
      present: channel === '' ? undefined : await api.notifications.get({ params: { channel } }),
    }),
    staleTime: Number.POSITIVE_INFINITY,
    // Read anew whenever the form opens, and never below what somebody types.
    gcTime: 0,
  })
  const title = channel === '' ? t('notifications.add') : `${t('notifications.edit')}: ${channel}`
  return (
    <section className="card stack" aria-label={title}>
      <div className="row">
        <h2 className="grow" style={{ margin: 0 }}>
          {title}
        </h2>
        <Button variant="subtle" color="gray" onClick={close}>
          {t('action.cancel')}
        </Button>
      </div>
      <Loaded query={query}>
        {({ kinds, present }) => <Chosen kinds={kinds} present={present} look={() => query.refetch()} saved={saved} />}
      </Loaded>
    </section>
  )
}

interface ChosenProps extends Pick<ChannelEditorProps, 'saved'> {
  readonly kinds: readonly KindView[]
  readonly present: ChannelDetail | undefined
  readonly look: () => Promise<unknown>
}

function Chosen({ kinds, present, ...rest }: ChosenProps) {
  const edited = useEdited(present ?? nothingYet)
  return (
    <Form
      key={edited.base.version}
      kinds={kinds}
      present={present === undefined ? undefined : (edited.base as ChannelDetail)}
      edited={edited}
      {...rest}
    />
  )
}

const nothingYet = { version: 0 } as const

interface FormProps extends ChosenProps {
  readonly edited: Edit<Versioned>
}

function Form({ kinds, present, ...rest }: FormProps) {
  const [type, setType] = useState(String(present?.document.type ?? 'smtp'))
  const [name, setName] = useState(present?.channel ?? '')
  const kind = kinds.find((each) => each.type === type)
  if (kind === undefined) return null
  return (
    <ChannelForm
      key={type}
      kind={kind}
      name={name}
      isNew={present === undefined}
      document={present?.document ?? { type }}
      {...rest}
    >
      {present === undefined && (
        <>
          <Select
            label={t('notifications.type')}
            data={kinds.map((each) => ({ value: each.type, label: each.title }))}
            value={type}
            allowDeselect={false}
            onChange={(chosen) => setType(chosen ?? type)}
          />
          <TextInput
            label={t('notifications.name')}
            description={t('end.keyHelp')}
            required
            pattern="[a-z0-9\-]{1,40}"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </>
      )}
    </ChannelForm>
  )
}

interface ChannelFormProps extends Pick<FormProps, 'edited' | 'look' | 'saved'> {
  readonly kind: KindView
  readonly name: string
  readonly isNew: boolean
  readonly document: Document
  readonly children: ReactNode
}

function ChannelForm({ kind, name, isNew, document, edited, children, ...rest }: ChannelFormProps) {
  const draft = useSettingDraft(kind, document, [])
  return (
    <SettingForm
      label={kind.title}
      draft={draft}
      names={noticeKinds}
      put={async (given, dryRun) => {
        const params = { channel: name }
        const told = await api.notifications.put({
          params,
          body: { document: { ...given }, dryRun, basedOn: edited.basedOn },
        })
        if (isNew && dryRun && !told.isNew) throw fail.usage(t('notifications.taken', { channel: name }))
        return told
      }}
      edited={edited}
      {...rest}
      actions={(given) => <DraftTest name={name} document={given} />}
    >
      {children}
    </SettingForm>
  )
}

/** Sends a message with what is in the form, before it is saved. */
function DraftTest({ name, document }: { readonly name: string; readonly document: () => Document }) {
  const trial = useMutation({
    mutationFn: async () =>
      api.notifications.tryOut({ params: { channel: name }, body: { document: { ...document() } } }),
  })
  return (
    <>
      <Button
        variant="default"
        disabled={!/^[a-z0-9-]{1,40}$/.test(name)}
        loading={trial.isPending}
        onClick={() => trial.mutate()}
      >
        {t('notifications.tryDraft')}
      </Button>
      {trial.error !== null && <Failure error={trial.error} />}
      {trial.isSuccess && <Message tone="success" title={t('notifications.tried', { channel: name })} alert />}
    </>
  )
}
