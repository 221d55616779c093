import { aidantActive } from '#identity';
import { type Route, route } from '#platform/http/route.ts';
import { endPage, endPost } from './end.page.tsx';
import { endPath, MANDATES, ownEmailPath, receiptPath, usagerPath } from './follow.paths.ts';
import { listPage } from './list.page.tsx';
import { ownEmailPage, ownEmailPost } from './own-email.page.tsx';
import { receiptPage } from './receipt.page.tsx';
import { usagerPage } from './usager.page.tsx';

export const followRoutes: readonly Route[] = [
  route('get', MANDATES, aidantActive, listPage),
  route('get', usagerPath(':id'), aidantActive, usagerPage),
  route('get', ownEmailPath(':id'), aidantActive, ownEmailPage),
  route('post', ownEmailPath(':id'), aidantActive, ownEmailPost),
  route('get', endPath(':id'), aidantActive, endPage),
  route('post', endPath(':id'), aidantActive, endPost),
  route('get', endPath(':id', ':theme'), aidantActive, endPage),
  route('post', endPath(':id', ':theme'), aidantActive, endPost),
  route('get', receiptPath(':id'), aidantActive, receiptPage),
  route('get', receiptPath(':id', ':theme'), aidantActive, receiptPage),
];
