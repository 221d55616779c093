/** The version of views/identity/terms-text.tsx. A new text takes a new version: every aidant is then asked again. */
export const TERMS_VERSION = '2026-11';
