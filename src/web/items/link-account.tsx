import { Button, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ListedAccountView } from '../../contract/account-lists.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { t } from '../words/t.ts'

export interface LinkAccountProps {
  readonly connection: string
  readonly account: ListedAccountView
}

/** Says whose an account is that no record is linked to; the next plan holds it until somebody releases it. */
export function LinkAccount({ connection, account: { accountId, label } }: LinkAccountProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [person, setPerson] = useState('')
  const [comment, setComment] = useState('')
  const queries = useQueryClient()
  const link = async () => {
    const why = comment.trim() === '' ? {} : { comment: comment.trim() }
    const body = { person: person.trim(), account: accountId, ...why }
    await api.accountLists.link({ params: { key: connection }, body })
    await queries.invalidateQueries({ queryKey: ['work'] })
  }
  return (
    <>
      <Button
        variant="default"
        size="compact-xs"
        aria-label={`${t('work.whose')}: ${label}`}
        onClick={() => setIsOpen(true)}
      >
        {t('work.whose')}
      </Button>
      {isOpen && (
        <Confirm
          opened
          title={label}
          action={t('work.link')}
          disabled={person.trim() === ''}
          close={() => setIsOpen(false)}
          act={link}
        >
          <div>{t('work.linkLead')}</div>
          <TextInput
            label={t('people.person')}
            description={t('work.linkHelp')}
            data-autofocus
            required
            maxLength={500}
            value={person}
            onChange={(event) => setPerson(event.currentTarget.value)}
          />
          <TextInput
            label={t('decide.comment')}
            maxLength={2000}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
        </Confirm>
      )}
    </>
  )
}
