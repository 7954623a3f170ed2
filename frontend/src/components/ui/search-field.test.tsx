import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { renderApp } from '@/lib/testing/render';
import { SearchField } from './search-field';

function Search() {
  const [value, setValue] = useState('');
  return (
    <>
      <SearchField label="찾기" value={value} onChange={setValue} />
      <output>{value}</output>
      <button onClick={() => setValue('')}>모두 보기</button>
    </>
  );
}

it('tells once typing pauses, keeps the cursor, and follows what others make of it', async () => {
  renderApp(<Search />);
  const field = screen.getByLabelText<HTMLInputElement>('찾기');
  await userEvent.type(field, '금');
  await screen.findByText('금');
  expect(document.activeElement).toBe(field);
  await userEvent.type(field, '호');
  await screen.findByText('금호');
  await userEvent.click(screen.getByText('모두 보기'));
  expect(field.value).toBe('');
});
