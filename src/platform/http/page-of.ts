import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

/** A whole document, from its `<html>` element: a page of the site, or the HTML form of a mail. */
export function pageOf(view: ReactElement): string {
  return `<!DOCTYPE html>${renderToStaticMarkup(view)}`;
}
