/**
 * The tags of a signed command's fields, for those who read and write it by hand: number * 8 + wire type, one byte each.
 * Source: docs/wire-format.md, and wire/juno.proto.
 */

// Of the envelope.
export const signedTag = 0x0a;
export const signatureTag = 0x12;
// Of what is signed, behind its domain and cluster (see signed-prefix.ts).
export const signerTag = 0x18;
export const commandTag = 0x52;
// Of the command.
export const clientTag = 0x08;
export const requestTag = 0x10;
export const payloadTag = 0x1a;
