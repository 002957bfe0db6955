const bytes = (lines: readonly string[]): Uint8Array => Uint8Array.from(atob(lines.join('')), (c) => c.charCodeAt(0));

/** Two states as `writeRunState` wrote them before stages kept their own numbers: within stage 2, and at a stage's end. */
export const OLD = {
  full: bytes([
    'GAUAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJjaGVja3N1bSI6ImQ5ZGM0MzMyNGVmMGJiZTdiNjMxMTU2NWNlNWFmNGNhMTI2MTE0Y2U1NTAxM2',
    'I2NGZjNjQxMWU5YTE3MDEyNzkiLCJzZXNzaW9uIjoiaGFzaCIsInN0YXRlIjoie1wic3RlcFwiOjM3LFwiZmluZ2VycHJpbnRcIjp7XCJjaGFp',
    'blwiOlwiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYlwiLFwic3RlcHNcIj',
    'pbXCIwMTIzNDU2Nzg5YWJcIixcImNkZWYwMTIzNDU2N1wiXX0sXCJzaWxlbnRcIjoxMyxcImVudmlyb25tZW50XCI6e1wic3RlcFwiOjM2LFwi',
    'Y29ycHVzUmF0ZVwiOjAuMzAwMDAwMDAwMDAwMDAwMDR9fSJ9LCJiYXNlLjAiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzVdLCJkYXRhX29mZn',
    'NldHMiOlswLDIwXX0sImJhc2UuMSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzIwLDMyXX0sImVudmlyb25t',
    'ZW50LmNvdW50cyI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzMyLDQ0XX0sImVudmlyb25tZW50LmVuY29kZW',
    'RBdCI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzQ0LDU2XX0sImVudmlyb25tZW50LmVudHJpZXMiOnsiZHR5',
    'cGUiOiJJMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls1Niw2MF19LCJlbnZpcm9ubWVudC5uZWlnaGJvdXJzIjp7ImR0eXBlIjoiST',
    'MyIiwic2hhcGUiOls2XSwiZGF0YV9vZmZzZXRzIjpbNjAsODRdfSwiZW52aXJvbm1lbnQucmF0ZSI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpb',
    'Nl0sImRhdGFfb2Zmc2V0cyI6Wzg0LDEwOF19LCJlbnZpcm9ubWVudC52ZWN0b3JzIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOls2XSwiZGF0YV',
    '9vZmZzZXRzIjpbMTA4LDEzMl19LCJmaXJzdC4wIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOls1XSwiZGF0YV9vZmZzZXRzIjpbMTMyLDE1Ml19',
    'LCJmaXJzdC4xIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMTUyLDE2NF19LCJzZWNvbmQuMCI6eyJkdHlwZS',
    'I6IkYzMiIsInNoYXBlIjpbNV0sImRhdGFfb2Zmc2V0cyI6WzE2NCwxODRdfSwic2Vjb25kLjEiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzNd',
    'LCJkYXRhX29mZnNldHMiOlsxODQsMTk2XX0sIndlaWdodHMuMCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbNV0sImRhdGFfb2Zmc2V0cyI6Wz',
    'E5NiwyMTZdfSwid2VpZ2h0cy4xIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMjE2LDIyOF19fYhDbD8f+rq/',
    'hmbbP2j99j78bs+/nE+svYn7vrvAcZE+AgAAAAIAAAACAAAAAQAAAP////8kAAAAAQAAAAEAAAACAAAAAAAAAAIAAAAAAAAAAQAAAFVVVVVVVd',
    'U/WfP4wh9upQEAAAAAAAAAABBmJT1izZO9z/jnP0SzAz7aiJs+JRWTv+pP2T5JmKo+L78bPyi167ygWZQ/yDjMvkYNkj9DolG+yMDePQFeIr/v',
    'NF2/ayy2P8s61j7tRva+fjEwvxnJyL7DkzC+xVL/Prw/or5IDXu+nqmKPlPprD7fu/4+YG0UQA==',
  ]),
  plain: bytes([
    'uAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJjaGVja3N1bSI6IjBlMGI4YWE5OTUwNDA1ZTAxY2JlNjdkYmQxMTI1MDIxMWM0ZjY0MDU1MjQxMW',
    'VkYmYyNjhlNjNhYmI5MDU1OWEiLCJzZXNzaW9uIjoiaGFzaCIsInN0YXRlIjoie1wic3RlcFwiOjM3LFwiZmluZ2VycHJpbnRcIjp7XCJjaGFp',
    'blwiOlwiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYlwiLFwic3RlcHNcIj',
    'pbXCIwMTIzNDU2Nzg5YWJcIixcImNkZWYwMTIzNDU2N1wiXX0sXCJzaWxlbnRcIjowLFwiZW52aXJvbm1lbnRcIjpudWxsfSJ9LCJ3ZWlnaHRz',
    'LjAiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzVdLCJkYXRhX29mZnNldHMiOlswLDIwXX0sIndlaWdodHMuMSI6eyJkdHlwZSI6IkYzMiIsIn',
    'NoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzIwLDMyXX19IMOTML7FUv8+vD+ivkgNe76eqYo+U+msPt+7/j5gbRRA',
  ]),
};
