/** What is done when a log cannot go on under its name: it is closed, and another one goes on in its place. */
export { type Succeeded, type Succeeding, succeed } from './succeed.ts';
